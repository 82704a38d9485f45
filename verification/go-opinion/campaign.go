package main

import (
	"errors"
	"fmt"
)

// What has become of a person.
type standing int

const (
	waits standing = iota
	holds
	paid
	failed // or revoked, or regranted: has lost the slot for good
	left
	ended
)

type person struct {
	standing   standing
	slot       int64
	commitment string
	claim      leaf
	isReversed bool
}

// An epoch, with the last arrival number in the log before it.
type epoch struct{ number, last, behind int64 }

// A change by an operator, or by the terms; with the last arrival number in the log before it.
type change struct {
	state           string // in force
	waitingCapacity int64  // in force
	revision        int64
	isClosed        bool // though perhaps not in force
	behind          int64
}

// A campaign is the state of one while its leaves are replayed.
type campaign struct {
	capacity              int64
	mayRegrant            bool
	isUnproven, isStopped bool
	hasEnded              bool

	next    int64 // arrival number
	epochs  []epoch
	changes []change
	people  map[int64]*person
	numbers map[string]int64 // arrival numbers by commitment
	slots   map[int64]int64  // who has it, paid or not
	line    []int64          // who waits, and some who no longer do
	waiting int64
	paid    int64 // and not regranted

	firstTurnedAway int64 // the lowest number of those who waited to the end; 0 if nobody did
	lateRegrants    []lateRegrant
	last            *leaf
	// What was promised and is not so, though the leaves tell it themselves.
	broken []string
}

func newCampaign() *campaign {
	return &campaign{next: 1, people: map[int64]*person{}, numbers: map[string]int64{}, slots: map[int64]int64{}}
}

// A lateRegrant is a slot that was taken of a number when somebody had waited to the end: `ended` is the lowest of these.
type lateRegrant struct{ number, ended int64 }

// now is the change that stands last: the terms are the first.
func (c *campaign) now() change { return c.changes[len(c.changes)-1] }

// take replays a leaf. The error says which rule of the format page it breaks.
func (c *campaign) take(l leaf) error {
	if err := c.mayFollow(l); err != nil {
		return err
	}
	err := c.apply(l)
	c.last = &l
	return err
}

func (c *campaign) mayFollow(l leaf) error {
	isFirst := c.last == nil
	if isFirst != (l.kind == "terms" || l.kind == "unproven") {
		return errors.New("rule 2: terms come first, and once")
	}
	if isFirst {
		return nil
	}
	if c.isUnproven {
		return errors.New("rule 2: nothing follows unproven")
	}
	if c.isStopped {
		return errors.New("rule 14: nothing follows stopped")
	}
	if c.hasEnded && l.kind != "restored" && !(l.kind == "reversed" && l.field["effect"] == "keep") {
		return errors.New("rule 16: only money that comes back, or a set-back, follows the end")
	}
	isDue := c.last.kind == "claim" && c.isFull()
	if isDue != (l.kind == "full") {
		return errors.New("rule 6: full comes after the claim that filled the line, and nowhere else")
	}
	return nil
}

func (c *campaign) apply(l leaf) error {
	switch l.kind {
	case "terms":
		c.capacity = l.number("capacity")
		c.changes = []change{{state: "OPEN", waitingCapacity: l.number("waitingCapacity"), behind: -1}}
		c.mayRegrant = l.field["reversalPolicy"] == "regrant"
		return nil
	case "unproven":
		c.isUnproven = true
		return nil
	case "stopped":
		c.isStopped = true
		return nil
	case "epoch":
		return c.rebuilt(l)
	case "lost":
		return c.lost(l)
	case "claim":
		return c.claimed(l)
	case "full":
		return c.full(l)
	case "state":
		return c.changed(l)
	case "restored":
		return c.restored(l)
	case "end":
		return c.end(l)
	}
	return c.happened(l)
}

func (c *campaign) rebuilt(l leaf) error {
	number, last := l.number("epoch"), l.number("lastArrivalNo")
	if len(c.epochs) == 0 && last != 0 {
		return errors.New("rule 3: the first epoch knows no arrivals")
	}
	if len(c.epochs) > 0 {
		before := c.epochs[len(c.epochs)-1]
		if number <= before.number || last < before.last {
			return errors.New("rule 3: epochs rise, and their bounds do not fall")
		}
	}
	if last < c.next-1 {
		return errors.New("rule 3: the bound is lower than an arrival in the log")
	}
	c.epochs = append(c.epochs, epoch{number, last, c.next - 1})
	return nil
}

func (c *campaign) lost(l leaf) error {
	from, to := l.number("from"), l.number("to")
	if len(c.epochs) == 0 || from != c.next || from > to || to > c.epochs[len(c.epochs)-1].last {
		return errors.New("rule 4: not the next numbers, or beyond what was assigned")
	}
	for _, e := range c.epochs {
		if from <= e.last && e.last < to {
			return errors.New("rule 4: the range crosses the bound of an epoch")
		}
		if e.last >= to {
			if l.number("epoch") != e.number {
				return fmt.Errorf("rule 4: it was epoch %d that lost them", e.number)
			}
			break
		}
	}
	c.next = to + 1
	return nil
}

func (c *campaign) claimed(l leaf) error {
	number, slot := l.number("arrivalNo"), l.number("slot")
	if number != c.next {
		return fmt.Errorf("rule 5: %d is the next arrival number", c.next)
	}
	if l.number("epoch") != c.epochOf(number) {
		return fmt.Errorf("rule 5: this number is of epoch %d", c.epochOf(number))
	}
	if c.numbers[l.field["C"]] != 0 {
		return fmt.Errorf("rule 5: the same person has number %d", c.numbers[l.field["C"]])
	}
	if c.now().state != "OPEN" {
		return errors.New("rule 5: the campaign is not open at this number")
	}
	arrived := &person{waits, slot, l.field["C"], l, false}
	if l.has("slot") {
		if c.waiting > 0 {
			return errors.New("rule 5: somebody waits, and comes first")
		}
		if err := c.occupy(number, slot); err != nil {
			return fmt.Errorf("rule 5: %w", err)
		}
		arrived.standing = holds
	} else {
		if c.waiting >= c.now().waitingCapacity {
			return errors.New("rule 5: the line has no room")
		}
		c.line = append(c.line, number)
		c.waiting++
	}
	c.people[number] = arrived
	c.numbers[arrived.commitment] = number
	c.next++
	return nil
}

// epochOf is the last one whose bound is lower than a number; 0 if there is none.
func (c *campaign) epochOf(number int64) int64 {
	for i := len(c.epochs) - 1; i >= 0; i-- {
		if c.epochs[i].last < number {
			return c.epochs[i].number
		}
	}
	return 0
}

func (c *campaign) occupy(number, slot int64) error {
	if slot < 1 || slot > c.capacity {
		return fmt.Errorf("there is no slot %d", slot)
	}
	if holder := c.slots[slot]; holder != 0 {
		return fmt.Errorf("slot %d is that of number %d", slot, holder)
	}
	c.slots[slot] = number
	return nil
}

func (c *campaign) isFull() bool {
	return int64(len(c.slots)) == c.capacity && c.waiting >= c.now().waitingCapacity
}

func (c *campaign) full(l leaf) error {
	claim := c.last
	if l.number("arrivalNo") != claim.number("arrivalNo") || l.number("epoch") != claim.number("epoch") ||
		l.number("atMs") != claim.number("createdAtMs") {
		return errors.New("rule 6: not the number, epoch and time of the claim before")
	}
	return nil
}

func (c *campaign) changed(l leaf) error {
	made := c.now()
	if l.number("revision") <= made.revision {
		return errors.New("rule 13: revisions rise")
	}
	made.revision = l.number("revision")
	if made.isClosed && l.field["state"] != "CLOSED" {
		return errors.New("rule 13: what is closed stays closed")
	}
	made.isClosed = l.field["state"] == "CLOSED"
	made.behind = c.next - 1
	if l.has("afterArrivalNo") {
		after := l.number("afterArrivalNo")
		if after >= c.next || after < c.lastClaim() {
			return errors.New("rule 13: the change does not stand after the last number before it")
		}
		made.state, made.waitingCapacity = l.field["state"], l.number("waitingCapacity")
	}
	c.changes = append(c.changes, made)
	return nil
}

// lastClaim is the last arrival number of a claim; numbers that were lost may follow it.
func (c *campaign) lastClaim() int64 {
	for number := c.next - 1; number > 0; number-- {
		if c.people[number] != nil {
			return number
		}
	}
	return 0
}

func (c *campaign) restored(l leaf) error {
	from, to := l.number("from"), l.number("to")
	if to != c.next-1 || from > to+1 {
		return errors.New("rule 15: not the last numbers")
	}
	for number := from; number <= to; number++ {
		if gone := c.people[number]; gone != nil {
			c.forget(number, gone)
		}
	}
	for len(c.line) > 0 && c.line[len(c.line)-1] >= from {
		c.line = c.line[:len(c.line)-1]
	}
	for len(c.epochs) > 0 && c.epochs[len(c.epochs)-1].behind >= from-1 {
		c.epochs = c.epochs[:len(c.epochs)-1]
	}
	for c.now().behind >= from-1 {
		c.changes = c.changes[:len(c.changes)-1]
	}
	if c.firstTurnedAway >= from {
		c.firstTurnedAway = 0
	}
	var regrants []lateRegrant
	for _, regrant := range c.lateRegrants {
		if regrant.number < from && regrant.ended < from {
			regrants = append(regrants, regrant)
		}
	}
	c.lateRegrants = regrants
	c.next = from
	c.hasEnded = false
	c.broken = append(c.broken, fmt.Sprintf("what was logged from number %d on was taken back", from))
	return nil
}

func (c *campaign) forget(number int64, gone *person) {
	switch gone.standing {
	case waits:
		c.waiting--
	case paid:
		c.paid--
		delete(c.slots, gone.slot)
	case holds:
		delete(c.slots, gone.slot)
	}
	delete(c.numbers, gone.commitment)
	delete(c.people, number)
}
