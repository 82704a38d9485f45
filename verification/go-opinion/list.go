package main

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const listFormat = "seonchak-eligible/v1"

// agreeWithList checks that a list of who may claim is the one that the terms commit to, and that everybody who claimed
// is on it.
func (o opinion) agreeWithList(text string) error {
	lines := strings.Split(text, "\n")
	if len(lines) < 3 || lines[len(lines)-1] != "" {
		return errors.New("it was cut off")
	}
	campaign, commitments := lines[1], lines[2:len(lines)-1]
	tree := newHistory()
	listed := map[string]bool{}
	for i, commitment := range commitments {
		if _, err := readHash(commitment); err != nil {
			return err
		}
		if i > 0 && commitment <= commitments[i-1] {
			return fmt.Errorf("%s is not in ascending order", commitment)
		}
		listed[commitment] = true
		if err := tree.addSubtree(0, tlog.RecordHash([]byte(commitment))); err != nil {
			return err
		}
	}
	root := tlog.Hash(sha256.Sum256(nil)) // of a list of nobody, by RFC 6962
	if tree.size > 0 {
		var err error
		if root, err = tree.root(tree.size); err != nil {
			return err
		}
	}
	committed := ""
	for index := int64(0); index < o.history.size; index++ {
		l, isGiven := o.history.leaves[index]
		switch {
		case !isGiven || l.campaign() != campaign:
		case l.kind == "terms":
			committed = l.field["eligibleRoot"]
			// Nobody has signed the list: whoever gave it may have changed it.
			if committed != base64.StdEncoding.EncodeToString(root[:]) {
				return fmt.Errorf("the terms commit to %s, and it is another list: %w", committed, errNotProven)
			}
		case l.kind == "claim" && committed != "" && !listed[l.field["C"]]:
			return fmt.Errorf("leaf %d: the claimant is not on the list", index)
		}
	}
	if committed == "" {
		return fmt.Errorf("campaign %s is not in it: %w", campaign, errNotProven)
	}
	return nil
}
