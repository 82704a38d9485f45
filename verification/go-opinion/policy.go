package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// A policy is a C2SP tlog-policy: whose cosignatures a checkpoint needs.
type policy struct {
	logs      []string
	witnesses []*witness
	quorum    quorum
	members   map[string]bool // of any group: each at most once
}

// A quorum says whether these signatures are enough.
type quorum func(signatures []note.Signature) bool

func readPolicy(text string) (policy, error) {
	read := policy{members: map[string]bool{}}
	defined := map[string]quorum{}
	for _, line := range strings.Split(text, "\n") {
		if strings.IndexFunc(line, isControl) >= 0 {
			return read, fmt.Errorf("policy, %q: a control character", line)
		}
		words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		if err := read.take(words, defined); err != nil {
			return read, fmt.Errorf("policy, %q: %w", line, err)
		}
	}
	if read.quorum == nil {
		return read, errors.New("policy: no quorum")
	}
	return read, nil
}

func (p *policy) take(words []string, defined map[string]quorum) error {
	switch {
	case words[0] == "log" && (len(words) == 2 || len(words) == 3):
		if _, err := note.NewVerifier(words[1]); err != nil {
			return err
		}
		for _, known := range p.logs {
			if known == words[1] {
				return errors.New("the log is listed already")
			}
		}
		p.logs = append(p.logs, words[1])
		return nil
	case words[0] == "witness" && (len(words) == 3 || len(words) == 4):
		w, err := newWitness(words[2])
		if err != nil {
			return err
		}
		for _, known := range p.witnesses {
			if known.key.Equal(w.key) {
				return errors.New("the key is that of another witness")
			}
		}
		p.witnesses = append(p.witnesses, w)
		return define(defined, words[1], func(signatures []note.Signature) bool { return isSignedBy(signatures, w) })
	case words[0] == "group" && len(words) > 3:
		return p.takeGroup(words[1], words[2], words[3:], defined)
	case words[0] == "quorum" && len(words) == 2 && p.quorum == nil:
		if words[1] == "none" {
			p.quorum = func([]note.Signature) bool { return true }
			return nil
		}
		p.quorum = defined[words[1]]
		if p.quorum == nil {
			return errors.New("it is not defined")
		}
		return nil
	}
	return errors.New("not understood")
}

// isAbout says whether a policy names this key of a log, or none at all. Debian's Go is older than the package slices.
func (p policy) isAbout(key string) bool {
	for _, known := range p.logs {
		if known == key {
			return true
		}
	}
	return len(p.logs) == 0
}

func (p *policy) takeGroup(name, threshold string, names []string, defined map[string]quorum) error {
	needed, err := strconv.ParseUint(threshold, 10, 32) // in decimal; leading zeros are not excluded
	if threshold == "all" {
		needed, err = uint64(len(names)), nil
	} else if threshold == "any" {
		needed, err = 1, nil
	}
	if err != nil || needed < 1 || needed > uint64(len(names)) {
		return errors.New("no threshold for these members")
	}
	var members []quorum
	for _, member := range names {
		if defined[member] == nil {
			return fmt.Errorf("%s is not defined", member)
		}
		if p.members[member] {
			return fmt.Errorf("%s is a member already", member)
		}
		p.members[member] = true
		members = append(members, defined[member])
	}
	return define(defined, name, func(signatures []note.Signature) bool {
		var met uint64
		for _, isMet := range members {
			if isMet(signatures) {
				met++
			}
		}
		return met >= needed
	})
}

func define(defined map[string]quorum, name string, meaning quorum) error {
	if name == "none" || defined[name] != nil {
		return errors.New("it is defined already")
	}
	defined[name] = meaning
	return nil
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
