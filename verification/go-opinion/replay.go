package main

import "fmt"

// A replay judges the leaves of all campaigns of a history, or of one.
type replay struct {
	campaigns map[string]*campaign
	// What the log has said of itself, the newest last: keys of receipts, and when promises are due.
	logs []leaf
}

// replayed goes through the leaves that are given. Of other campaigns than `only` a proof shows a part, so they are
// replayed only if it is empty.
func replayed(h *history, only string) (replay, error) {
	r := replay{campaigns: map[string]*campaign{}}
	if first, isGiven := h.leaves[0]; !isGiven || first.kind != "log" {
		return r, fmt.Errorf("leaf 0, %q: rule 1: the log does not begin with a leaf of its own", first.text)
	}
	for index := int64(0); index < h.size; index++ {
		l, isGiven := h.leaves[index]
		if !isGiven {
			continue
		}
		if l.kind == "log" {
			r.logs = append(r.logs, l)
			continue
		}
		name := l.campaign()
		if only != "" && name != only {
			continue
		}
		if r.campaigns[name] == nil {
			r.campaigns[name] = newCampaign()
		}
		if err := r.campaigns[name].take(l); err != nil {
			return r, fmt.Errorf("leaf %d, %q: %w", index, l.text, err)
		}
	}
	if only != "" && r.campaigns[only] == nil {
		return r, fmt.Errorf("campaign %s is not in it", only)
	}
	return r, nil
}

func (r replay) hasEnded(name string) bool {
	c := r.campaigns[name]
	return c != nil && c.hasEnded
}
