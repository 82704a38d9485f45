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
	logs := o.replay.logs
	due := created + logs[len(logs)-1].number("promiseDelayMs")
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
	latest := o.last.seenMs(o.policy.witnesses)
	for _, l := range o.history.leaves {
		for _, field := range []string{"atMs", "createdAtMs"} {
			if at := l.number(field); at > latest {
				latest = at
			}
		}
	}
	return latest
}
