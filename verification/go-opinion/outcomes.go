package main

import (
	"errors"
	"fmt"
)

// happened replays a leaf about somebody who has come.
func (c *campaign) happened(l leaf) error {
	number := l.number("arrivalNo")
	who := c.people[number]
	if who == nil {
		return errors.New("nobody has this number")
	}
	switch l.kind {
	case "promote":
		return c.promoted(number, who, l.number("slot"))
	case "paid":
		if who.standing != holds || who.slot != l.number("slot") {
			return errors.New("rule 8: does not hold this slot unpaid")
		}
		who.standing = paid
		c.paid++
		return nil
	case "failed", "revoked":
		if who.standing != holds || who.slot != l.number("slot") {
			return errors.New("rule 9: does not hold this slot unpaid")
		}
		who.standing = failed
		delete(c.slots, who.slot)
		return nil
	case "reversed":
		return c.reversed(number, who, l)
	case "left":
		return c.stopsWaiting(who, left, "rule 11")
	case "ended":
		isOver := c.paid == c.capacity || (c.now().state == "CLOSED" && int64(len(c.slots)) == c.capacity)
		if !isOver {
			return errors.New("rule 12: there may still be a slot for those who wait")
		}
		if err := c.stopsWaiting(who, ended, "rule 12"); err != nil {
			return err
		}
		if c.firstTurnedAway == 0 || number < c.firstTurnedAway {
			c.firstTurnedAway = number
		}
		return nil
	}
	return errors.New("not understood")
}

func (c *campaign) promoted(number int64, who *person, slot int64) error {
	for len(c.line) > 0 && c.people[c.line[0]].standing != waits {
		c.line = c.line[1:]
	}
	if len(c.line) == 0 || c.line[0] != number {
		return errors.New("rule 7: not the head of the line")
	}
	if err := c.occupy(number, slot); err != nil {
		return fmt.Errorf("rule 7: %w", err)
	}
	c.waiting--
	who.standing, who.slot = holds, slot
	return nil
}

func (c *campaign) reversed(number int64, who *person, l leaf) error {
	if who.standing != paid || who.slot != l.number("slot") || who.isReversed {
		return errors.New("rule 10: was not paid with this slot, or is reversed already")
	}
	who.isReversed = true
	if l.field["effect"] == "keep" {
		return nil
	}
	if !c.mayRegrant {
		return errors.New("rule 10: by its terms the campaign keeps what comes back")
	}
	who.standing = failed
	c.paid--
	delete(c.slots, who.slot)
	if c.firstTurnedAway > 0 {
		c.lateRegrants = append(c.lateRegrants, lateRegrant{number, c.firstTurnedAway})
	}
	return nil
}

func (c *campaign) stopsWaiting(who *person, as standing, rule string) error {
	if who.standing != waits {
		return errors.New(rule + ": does not wait")
	}
	who.standing = as
	c.waiting--
	return nil
}

func (c *campaign) end(l leaf) error {
	if c.count(holds) > 0 || c.waiting > 0 {
		return errors.New("rule 16: somebody has come to no end")
	}
	if !c.now().isClosed && c.paid < c.capacity {
		return errors.New("rule 16: it is not closed, and slots are left")
	}
	recount := map[string]int64{
		"arrivals": int64(len(c.people)), "paid": c.paid, "failed": c.count(failed),
		"left": c.count(left), "ended": c.count(ended),
	}
	for field, counted := range recount {
		if l.number(field) != counted {
			return fmt.Errorf("rule 16: %s is %d by the recount", field, counted)
		}
	}
	if c.firstTurnedAway > 0 && c.paid+int64(len(c.lateRegrants)) < c.capacity {
		return errors.New("rule 16: somebody waited in vain while there were slots")
	}
	c.hasEnded = true
	return nil
}

func (c *campaign) count(as standing) int64 {
	var counted int64
	for _, who := range c.people {
		if who.standing == as {
			counted++
		}
	}
	return counted
}
