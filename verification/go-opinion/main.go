// Command second-opinion reads a published log, or the proof of a campaign, and says whether it agrees with it. It was
// written from docs/transparency.md alone, and leaves notes, trees and tiles to Go's own packages. It uses no network.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"sort"

	"golang.org/x/mod/sumdb/note"
)

const usage = `second-opinion [-key VKEY] [-policy FILE] FOLDER|PROOF [FILE…]

FOLDER   a copy of the log, by npm run publish-log
PROOF    the proof of a campaign
FILE     what somebody kept, and must agree with it: a checkpoint, a promise, a receipt, a tlog-proof, the list of who
         may claim, a place on it, or the body of an add-checkpoint that a witness was sent

Exit code: 0 agrees, 1 does not, 2 nothing was judged, 3 no rule is broken, but not proven.
`

// What the one who checks brings along, and does not take from what is checked.
type brought struct{ key, policy string }

// A subject is what is judged.
type subject struct {
	brought
	history     *history
	origin      string // as it says itself; empty if it does not
	campaign    string // empty: all
	checkpoints []string
	tiles       int
}

// An opinion is what has been understood of a subject.
type opinion struct {
	history *history
	origin  string
	key     note.Verifier
	keyText string
	policy  policy
	// In the order of their size; the last one is of the whole history.
	heads  []checkpoint
	last   checkpoint
	replay replay
}

// unusable is what keeps a subject from being judged.
type unusable struct{ error }

func main() {
	flag.Usage = func() { fmt.Fprint(flag.CommandLine.Output(), usage) }
	key := flag.String("key", "", "")
	policyFile := flag.String("policy", "", "")
	flag.Parse()
	if flag.NArg() == 0 {
		flag.Usage()
		os.Exit(2)
	}
	os.Exit(exitCode(run(*key, *policyFile, flag.Arg(0), flag.Args()[1:])))
}

// errNotProven is told of what breaks no rule, and yet is no proof.
var errNotProven = errors.New("not proven")

func exitCode(err error) int {
	var cause unusable
	switch {
	case err == nil:
		fmt.Println("AGREES")
		return 0
	case errors.As(err, &cause):
		fmt.Fprintln(os.Stderr, err)
		return 2
	case errors.Is(err, errNotProven):
		fmt.Println("NOT PROVEN:", err)
		return 3
	}
	fmt.Println("DOES NOT AGREE:", err)
	return 1
}

func run(key, policyFile, place string, files []string) error {
	given := brought{key: key}
	if policyFile != "" {
		text, err := os.ReadFile(policyFile)
		if err != nil {
			return unusable{err}
		}
		given.policy = string(text)
	}
	read, err := readSubject(place, given)
	if err != nil {
		return err
	}
	formed, err := judge(read)
	if err != nil {
		return err
	}
	if policyFile != "" && !formed.policy.isAbout(formed.keyText) {
		return unusable{errors.New("the policy is about other logs")}
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return unusable{err}
		}
		what, err := formed.agreeWith(string(text))
		var forged *note.InvalidSignatureError
		if errors.As(err, &forged) {
			// Whoever gave it to the one who keeps it may have made it.
			err = fmt.Errorf("%v: %w", err, errNotProven)
		}
		if err != nil {
			return fmt.Errorf("%s, %s: %w", file, what, err)
		}
		fmt.Printf("%s: %s\n", file, what)
	}
	return formed.conclude(read)
}

func readSubject(place string, given brought) (subject, error) {
	info, err := os.Stat(place)
	if err != nil {
		return subject{}, unusable{err}
	}
	if info.IsDir() {
		return readFolder(folder(place), given)
	}
	text, err := os.ReadFile(place)
	if err != nil {
		return subject{}, unusable{err}
	}
	return readProof(string(text), given)
}

// judge checks the checkpoints of a subject, and replays its leaves.
func judge(s subject) (opinion, error) {
	formed := opinion{history: s.history, keyText: s.key}
	var err error
	if formed.key, err = note.NewVerifier(s.key); err != nil {
		return formed, unusable{err}
	}
	if s.policy != "" {
		if formed.policy, err = readPolicy(s.policy); err != nil {
			return formed, unusable{err}
		}
	}
	formed.origin = formed.key.Name()
	if s.origin != "" && s.origin != formed.origin {
		return formed, unusable{fmt.Errorf("it is of %q, and the key of %q", s.origin, formed.origin)}
	}
	for _, text := range s.checkpoints {
		head, err := formed.open(text)
		if err != nil {
			return formed, err
		}
		if head.size < formed.last.size {
			return formed, errors.New("the checkpoints are not in the order of their size")
		}
		formed.last = head
		formed.heads = append(formed.heads, head)
	}
	if formed.last.size != s.history.size {
		return formed, fmt.Errorf("the last checkpoint is of %d leaves, and %d are there", formed.last.size, s.history.size)
	}
	formed.replay, err = replayed(s.history, s.campaign)
	return formed, err
}

// conclude says what was checked, and whether it is proven.
func (o opinion) conclude(s subject) error {
	fmt.Printf("%s: %d leaves, %d checkpoints, %d tiles\n", o.origin, o.history.size, len(s.checkpoints), s.tiles)
	var names []string
	for name := range o.replay.campaigns {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		c := o.replay.campaigns[name]
		fmt.Printf("%s: %d slots, %d came, %d paid, %d failed, %d left, %d ended, %d hold, %d wait\n", name,
			c.capacity, len(c.people), c.paid, c.count(failed), c.count(left), c.count(ended), c.count(holds), c.waiting)
	}
	for _, name := range names {
		c := o.replay.campaigns[name]
		if len(c.broken) > 0 {
			return fmt.Errorf("campaign %s: %s", name, c.broken[0])
		}
		if c.isUnproven || c.isStopped {
			return fmt.Errorf("campaign %s is unproven, or was stopped: %w", name, errNotProven)
		}
	}
	if o.policy.quorum != nil && !o.policy.quorum(o.last.signers) {
		return fmt.Errorf("too few witnesses have cosigned: %w", errNotProven)
	}
	return nil
}
