package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func (o opinion) agreeWithPromise(extra string, index int64, hashes []tlog.Hash, head string) error {
	data, err := readBase64(extra)
	if err != nil {
		return err
	}
	promise := map[string]string{}
	if err := json.Unmarshal(data, &promise); err != nil {
		return err
	}
	leaf := promise["leaf"]
	if err := o.mustHaveSigned(leaf, index, hashes, head); err != nil {
		return err
	}
	fields := strings.Split(leaf, " ")
	if len(fields) != 7 || fields[0] != "v1" || fields[1] != "promise" {
		return fmt.Errorf("%q is no promise", leaf)
	}
	commitment := fields[6]
	if err := opens(commitment, "who", fields[2], promise["userId"], promise["nonce"]); err != nil {
		return err
	}
	if c := o.replay.campaigns[fields[2]]; c != nil {
		number, err := readNumber(fields[4])
		if err != nil {
			return err
		}
		// Whoever was taken back is not among the people.
		if who := c.people[number]; who != nil && who.claim.field["epoch"] == fields[3] &&
			who.claim.field["createdAtMs"] == fields[5] && who.commitment == commitment {
			return nil
		}
	}
	created, err := readNumber(fields[5])
	if err != nil {
		return err
	}
	due := created + o.promiseDelayMs(created)
	if due >= o.reachedMs() && !o.replay.hasEnded(fields[2]) {
		return fmt.Errorf("the promise is not due yet, and not in the log: %w", errNotProven)
	}
	return fmt.Errorf("the log has no claim for %q, which was promised", leaf)
}

// mustHaveSigned says whether a promise stands in a tree that a receipt key of the log signed.
func (o opinion) mustHaveSigned(leaf string, index int64, hashes []tlog.Hash, head string) error {
	for _, key := range o.receiptVerifiers() {
		signed, err := openCheckpoint(head, key, nil)
		if err != nil {
			continue
		}
		if tree := strings.TrimPrefix(signed.origin, key.Name()+"/"); len(tree) != 16 || strings.Trim(tree, "0123456789abcdef") != "" {
			return fmt.Errorf("%q is no tree of promises", signed.origin)
		}
		if index >= signed.size {
			return errors.New("the promise lies beyond its tree")
		}
		return tlog.CheckRecord(hashes, signed.size, signed.root, index, tlog.RecordHash([]byte(leaf)))
	}
	return errors.New("no receipt key of the log has signed the promise")
}

func (o opinion) receiptVerifiers() []note.Verifier {
	var verifiers []note.Verifier
	known := map[string]bool{}
	for _, named := range o.replay.logs {
		text := named.field["receiptKey"]
		if key, err := note.NewVerifier(text); err == nil && !known[text] {
			known[text] = true
			verifiers = append(verifiers, key)
		}
	}
	return verifiers
}

// reachedMs is the latest time that the log tells, or a witness of its last checkpoint.
func (o opinion) reachedMs() int64 {
	_, latest := o.last.seenMs(o.policy.witnesses)
	for _, l := range o.history.leaves {
		latest = l.later(latest)
	}
	return latest
}

// promiseDelayMs is what the log had said when a promise was made; before all that it said, the first counts. A `log`
// leaf is as young as what is told before it, by leaves or by a witness of a tree that it is not in.
func (o opinion) promiseDelayMs(createdMs int64) int64 {
	delay := o.replay.logs[0].number("promiseDelayMs")
	var latest int64
	heads := o.heads
	for index := int64(0); index < o.history.size; index++ {
		l, isGiven := o.history.leaves[index]
		if !isGiven {
			continue
		}
		latest = l.later(latest)
		if l.kind != "log" {
			continue
		}
		for ; len(heads) > 0 && heads[0].size <= index; heads = heads[1:] {
			if seen, _ := heads[0].seenMs(o.policy.witnesses); seen > latest {
				latest = seen
			}
		}
		if latest <= createdMs {
			delay = l.number("promiseDelayMs")
		}
	}
	return delay
}
