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
	if entered, freed := o.places(fields[2], last); entered > freed {
		return fmt.Errorf("%d people got in after number %d, and only %d places were freed", entered, last, freed)
	}
	return nil
}

// places counts who got in after an arrival number, and the places that were freed in the campaign as a whole.
func (o opinion) places(campaign string, after int64) (entered, freed int64) {
	var room int64
	for index := int64(0); index < o.history.size; index++ {
		l, isGiven := o.history.leaves[index]
		if !isGiven || l.campaign() != campaign {
			continue
		}
		switch l.kind {
		case "terms":
			room = l.number("waitingCapacity")
		case "claim":
			if l.number("arrivalNo") > after {
				entered++
			}
		case "failed", "revoked", "left":
			freed++
		case "reversed":
			if l.field["effect"] == "regrant" {
				freed++
			}
		case "restored":
			freed += l.number("to") - l.number("from") + 1
		case "state":
			if more := l.number("waitingCapacity") - room; more > 0 {
				freed += more
			}
			room = l.number("waitingCapacity")
		}
	}
	return entered, freed
}
