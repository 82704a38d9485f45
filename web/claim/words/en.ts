import type { Words } from './words.js';

const REASONS: Readonly<Record<string, string>> = {
  'wallet-closed': 'Your wallet does not take money.',
  'rejected-by-provider': 'The payment was rejected.',
  'rejected-by-operator': 'It was checked by hand: the payment was not made.',
  revoked: 'The organiser took it back before anything was sent.',
};

export const en: Words = {
  language: 'en',

  loading: 'One moment…',
  claim: (amount) => `Claim ${amount}`,
  wait: 'Please wait…',
  askAgain: 'Ask again',
  signIn: 'Sign in',
  signOut: 'Sign out',
  signedInAs: (name) => `Signed in as ${name}`,

  opensAt: (time) => `Opens at ${time}`,
  units: { days: 'd', hours: 'h', minutes: 'min', seconds: 's' },
  secondsLeft: { 600: '10 minutes left.', 60: '1 minute left.', 10: '10 seconds left.' },

  before: {
    title: 'Opens in',
    text: ['You are ready. The button wakes up by itself, by the clock of the service. No need to reload.'],
  },
  signInBefore: {
    title: 'Opens in',
    text: ['Sign in now. Then one press is all that is left at the start.'],
  },
  signInNow: { title: 'It is open', text: ['Sign in, then press once.'] },
  signInAgain: {
    title: 'You are signed out',
    text: ['Sign in again to go on. Whatever you were given is still yours.'],
  },
  noSignIn: {
    title: 'You are not signed in',
    text: ['Please sign in at the site or app that brought you here.'],
  },
  signInEnds: (time) => `Your sign-in ends at ${time}, before it opens. Sign in again shortly before.`,
  tooEarly: 'That was a moment too early: you have not been counted. Press again when it opens.',
  phoneClock: 'This countdown goes by your device’s clock for now.',

  open: {
    title: 'It is open',
    text: ['Press once. Whoever asks first is first; pressing more often changes nothing.'],
  },
  asking: { title: 'Asking…', text: ['You have asked. Please keep this page open.'] },
  askingAgain: { title: 'Asking again…', text: ['Please keep this page open.'] },
  offline: () => ({
    title: 'You are offline',
    text: ['We ask again as soon as you are connected. Please keep this page open.'],
  }),
  busy: (seconds) => ({
    title: 'No answer yet',
    text: [
      `We ask again by ourselves in ${seconds}. Reloading does not help. If you were given a place, you keep it.`,
    ],
  }),
  'too-many': (seconds) => ({
    title: 'A lot of people are here',
    text: [`We ask again by ourselves in ${seconds}. Pressing or reloading does not help.`],
  }),
  gaveUp: {
    title: 'We could not get an answer',
    text: ['It is safe to ask again: if you were given a place, you will see it.'],
  },

  pending: (amount) => ({
    title: 'You are in',
    text: [`${amount} is on its way to you. You can close this page: nothing more is needed.`],
  }),
  checked: (amount) => ({
    title: 'Being checked',
    text: [`Whether ${amount} reached you is being checked by hand. You can close this page.`],
  }),
  waiting: (amount, capacity) => ({
    title: 'You are in the waiting line',
    text: [
      `You do not have ${amount} yet: every place (${capacity}) is held. If one becomes free, it goes to the first in line, by itself.`,
      'You keep your place when you close this page.',
    ],
  }),
  paid: (amount) => ({ title: `${amount} paid`, text: ['It has been paid to you. Nothing more is needed.'] }),
  cameBack: (amount) => ({
    title: 'The money came back',
    text: [`${amount} was paid to you, and the money was returned later. It is not paid again.`],
  }),
  failed: (reason, passedOn) => ({
    title: 'You were not paid',
    text: [
      REASONS[reason ?? ''] ?? 'The payment was not made.',
      ...(passedOn ? ['Your place is free again, or went to the next person in line.'] : []),
    ],
  }),
  ended: {
    title: 'It has ended',
    text: ['You waited in line, but no place came to you before the end. Nothing is paid to you.'],
  },
  left: {
    title: 'You left the line',
    text: ['You gave up your place. Asking again does not bring it back.'],
  },
  other: { title: 'We have your claim', text: ['Please look again later.'] },

  soldOut: (capacity, line, time) => ({
    title: 'Sold out',
    text: [
      `${time ? `When you asked, at ${time}, every` : 'Every'} place (${capacity})${line ? `, and every place in the waiting line (${line}),` : ''} was taken. If one ${line ? 'in the line ' : ''}becomes free, whoever asks next gets it.`,
    ],
  }),
  signInToSee: 'Sign in to see what became of your claim.',
  listOnly: 'Only people on the organiser’s list can claim here.',
  'not-eligible': {
    title: 'You are not on the list',
    text: [
      'Only people on the organiser’s list can claim here, and this account is not on it. Asking again does not change that.',
      'If you have another account, sign in with that one. If you expected to be on the list, ask the organiser.',
    ],
  },
  closed: (given) => ({
    title: 'Closed',
    text: [`It is over: ${given ? `every place (${given}) was given` : 'no more claims are taken'}.`],
  }),
  paused: {
    title: 'Paused',
    text: [
      'No claims are taken at the moment, from anybody. This page looks again by itself, every half a minute or so.',
    ],
  },
  'unknown-campaign': { title: 'There is no such page', text: ['Please check the address.'] },
  forbidden: { title: 'Not allowed from here', text: ['Please open the page anew and try again.'] },
  fault: {
    title: 'Something went wrong on our side',
    text: ['It is safe to ask again. If it stays like this, send the number below to the organiser.'],
  },

  leave: 'Leave the line',
  leaveSure: 'Leave for good? You cannot come back into this line.',
  leaveForGood: 'Leave for good',
  stay: 'Stay in line',
  leaveFailed: 'That did not work. You are still in the line.',
  stale: (time) => `As of ${time}. Reconnecting…`,

  place: 'Your place',
  placeOf: (slot, capacity) => `${slot} of ${capacity}`,
  arrival: 'Arrived as number',
  ordinal: (n) => n,
  linePlace: 'Your place in the line',
  askedAt: 'Taken at',
  paidAt: 'Paid at',
  reference: 'Payment reference',
  requestId: 'Number of this request',
};
