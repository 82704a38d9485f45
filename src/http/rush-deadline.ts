import { Injectable } from '@nestjs/common';
import { Deadline } from './deadline.js';

/** The deadline of direct routes: what an operator waits for says nothing about how claims get on. */
@Injectable()
export class RushDeadline extends Deadline {}
