package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const proofFormat = "seonchak-proof/v1"

// What the second line of a proof says of it.
type proofHead struct {
	Origin      string   `json:"origin"`
	Campaign    string   `json:"campaign"`
	LogKey      string   `json:"logKey"`
	Policy      *string  `json:"policy"`
	Checkpoints []string `json:"checkpoints"`
}

// readProof reads the proof of a campaign: one text with all that a check needs.
func readProof(text string, given brought) (subject, error) {
	read := subject{history: newHistory(), brought: given}
	lines := strings.Split(text, "\n")
	if len(lines) < 4 || lines[0] != proofFormat || lines[len(lines)-1] != "" {
		return read, unusable{errors.New("it is no proof: " + proofFormat)}
	}
	var head proofHead
	if err := json.Unmarshal([]byte(lines[1]), &head); err != nil {
		return read, unusable{err}
	}
	if len(head.Checkpoints) == 0 || head.Campaign == "" {
		return read, unusable{errors.New("it names no campaign, or no checkpoint")}
	}
	read.origin, read.campaign, read.checkpoints = head.Origin, head.Campaign, head.Checkpoints
	if given.key == "" {
		read.key = head.LogKey
	}
	if given.policy == "" && head.Policy != nil {
		read.policy = *head.Policy
	}
	return read, readTree(read.history, lines[2:len(lines)-1], head.Campaign)
}

// readTree takes the tree from left to right; nothing of the campaign's range may be hidden.
func readTree(h *history, lines []string, campaign string) error {
	isWithin, isOver := false, false
	for _, line := range lines {
		if strings.HasPrefix(line, "l ") {
			if err := h.addLeaf(line[2:]); err != nil {
				return err
			}
			l := h.leaves[h.size-1]
			isOwn := l.kind != "log" && l.campaign() == campaign
			if !isOwn && l.kind != "log" && !isWithin {
				return fmt.Errorf("leaf %d, %q: it is of another campaign, and outside of the range", l.index, l.text)
			}
			if isOwn {
				isOver = isOver || l.kind == "end" || l.kind == "stopped" || l.kind == "unproven"
				isWithin = !isOver
			}
			continue
		}
		if isWithin {
			return fmt.Errorf("after leaf %d: %q hides leaves of the campaign's range", h.size-1, line)
		}
		if err := readNode(h, line); err != nil {
			return err
		}
	}
	return nil
}

func readNode(h *history, line string) error {
	parts := strings.Split(line, " ")
	if len(parts) != 3 || parts[0] != "n" {
		return fmt.Errorf("%q is neither a leaf nor a subtree", line)
	}
	level, err := strconv.Atoi(parts[1])
	if err != nil || strconv.Itoa(level) != parts[1] {
		return fmt.Errorf("%q has no level", line)
	}
	hash, err := readHash(parts[2])
	if err != nil {
		return err
	}
	return h.addSubtree(level, hash)
}
