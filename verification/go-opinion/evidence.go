package main

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const tlogProofFormat = "c2sp.org/tlog-proof@v1"

// agreeWith compares a text that somebody kept with the log: a checkpoint, a proof of C2SP, a receipt, a list of who may
// claim, a place on it, or what a witness was asked. It says what it was.
func (o opinion) agreeWith(text string) (string, error) {
	switch {
	case strings.HasPrefix(text, tlogProofFormat+"\n"):
		return o.agreeWithTlogProof(text, "")
	case isListed(text):
		return "place on the list", o.agreeWithListed(text)
	case strings.HasPrefix(text, "{"):
		return "receipt", o.agreeWithReceipt(text)
	case strings.HasPrefix(text, listFormat+"\n"):
		return "list", o.agreeWithList(text)
	case strings.HasPrefix(text, "old "):
		return "consistency proof", o.agreeWithRequest(text)
	}
	if strings.HasPrefix(text, o.origin+"/sold-out\n") {
		return "sold out", o.agreeWithSoldOut(text)
	}
	_, err := o.open(text)
	return "checkpoint", err
}

// open reads a checkpoint of the log, which must be one of this history.
func (o opinion) open(text string) (checkpoint, error) {
	head, err := openCheckpoint(text, o.key, o.policy.witnesses)
	if err != nil {
		return head, err
	}
	return head, head.mustContinue(o.history, o.origin)
}

// agreeWithRequest checks the body of an add-checkpoint of C2SP tlog-witness.
func (o opinion) agreeWithRequest(text string) error {
	proof, head, err := splitProof(text)
	if err != nil {
		return err
	}
	size, err := readNumber(strings.TrimPrefix(proof[0], "old "))
	if err != nil {
		return err
	}
	hashes, err := readHashes(proof[1:])
	if err != nil {
		return err
	}
	next, err := o.open(head)
	if err != nil {
		return err
	}
	if size == 0 {
		if len(hashes) > 0 {
			return errors.New("that a tree begins with nothing needs no hash")
		}
		return nil
	}
	old, err := o.history.root(size)
	if err != nil {
		return err
	}
	return tlog.CheckTree(hashes, next.size, next.root, size, old)
}

// agreeWithTlogProof checks that a leaf stands in the log, or that a promise was signed and kept. The leaf, if it is
// given, must be the one that is proven.
func (o opinion) agreeWithTlogProof(text, wanted string) (string, error) {
	lines, head, err := splitProof(text)
	if err != nil {
		return "proof", err
	}
	lines = lines[1:]
	extra := ""
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		extra, lines = strings.TrimPrefix(lines[0], "extra "), lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return "proof", errors.New("it has no index")
	}
	index, err := readNumber(strings.TrimPrefix(lines[0], "index "))
	if err != nil {
		return "proof", err
	}
	hashes, err := readHashes(lines[1:])
	if err != nil {
		return "proof", err
	}
	if !strings.HasPrefix(head, o.origin+"\n") {
		return "promise", o.agreeWithPromise(extra, index, hashes, head)
	}
	const name = "inclusion proof"
	proven, err := o.open(head)
	if err != nil {
		return name, err
	}
	l, isGiven := o.history.leaves[index]
	if !isGiven {
		return name, fmt.Errorf("leaf %d is not given", index)
	}
	if wanted != "" && l.text != wanted {
		return name, fmt.Errorf("leaf %d is %q, not %q", index, l.text, wanted)
	}
	if index >= proven.size {
		return name, errors.New("the leaf lies beyond the checkpoint")
	}
	return name, tlog.CheckRecord(hashes, proven.size, proven.root, index, tlog.RecordHash([]byte(l.text)))
}

// splitProof parts the lines of a proof from the checkpoint behind them.
func splitProof(text string) ([]string, string, error) {
	end := strings.Index(text, "\n\n")
	if end < 0 {
		return nil, "", errors.New("it has no checkpoint")
	}
	return strings.Split(text[:end], "\n"), text[end+2:], nil
}

func readHashes(lines []string) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, line := range lines {
		hash, err := readHash(line)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}
