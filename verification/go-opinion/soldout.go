package main

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// agreeWithSoldOut checks that no more people got in after somebody was told "sold out" than places were freed.
func (o opinion) agreeWithSoldOut(text string) error {
	opened, err := note.Open([]byte(text), note.VerifierList(o.receiptVerifiers()...))
	if err != nil {
		return err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 3 || lines[2] != "" {
		return errors.New("it has two lines")
	}
	fields := strings.Split(lines[1], " ")
	if len(fields) != 7 || fields[0] != "v1" || fields[1] != "sold-out" {
		return fmt.Errorf("%q says nothing of the kind", lines[1])
	}
	last, err := readNumber(fields[4])
	if err != nil {
		return err
	}
	if o.replay.campaigns[fields[2]] == nil {
		return fmt.Errorf("campaign %s is not in it", fields[2])
	}
	seen := o.places(fields[2], last)
	if seen.entered > seen.freed {
		return fmt.Errorf("%d people got in after number %d, and only %d places were freed", seen.entered, last, seen.freed)
	}
	judged := o.replay.campaigns[fields[2]]
	if (judged.next > last || judged.hasEnded) && seen.came < judged.capacity+seen.leastRoom {
		return fmt.Errorf("only %d people had come by number %d: it was not full", seen.came, last)
	}
	return nil
}

// Around an arrival number: who got in after it, who came up to it (lost numbers too), and, in the campaign as a whole,
// the places that were freed and the shortest that the line ever was.
type places struct{ entered, came, freed, leastRoom int64 }

func (o opinion) places(campaign string, after int64) (seen places) {
	var room int64
	for index := int64(0); index < o.history.size; index++ {
		l, isGiven := o.history.leaves[index]
		if !isGiven || l.campaign() != campaign {
			continue
		}
		switch l.kind {
		case "terms":
			room = l.number("waitingCapacity")
			seen.leastRoom = room
		case "claim":
			if l.number("arrivalNo") > after {
				seen.entered++
			} else {
				seen.came++
			}
		case "lost":
			to := l.number("to")
			if to > after {
				to = after
			}
			if from := l.number("from"); from <= to {
				seen.came += to - from + 1
			}
		case "failed", "revoked", "left":
			seen.freed++
		case "reversed":
			if l.field["effect"] == "regrant" {
				seen.freed++
			}
		case "restored":
			seen.freed += l.number("to") - l.number("from") + 1
		case "state":
			if more := l.number("waitingCapacity") - room; more > 0 {
				seen.freed += more
			}
			room = l.number("waitingCapacity")
			if room < seen.leastRoom {
				seen.leastRoom = room
			}
		}
	}
	return seen
}
