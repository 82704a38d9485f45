package main

import (
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// A history is what a log or a proof gives of a tree, from its first leaf on: leaves, and hashes of whole subtrees.
type history struct {
	size   int64
	leaves map[int64]leaf
	// By tlog.StoredHashIndex: each complete subtree that can be computed from what was given.
	hashes map[int64]tlog.Hash
}

func newHistory() *history {
	return &history{leaves: map[int64]leaf{}, hashes: map[int64]tlog.Hash{}}
}

// addLeaf appends a leaf, whose fields must be those of its kind.
func (h *history) addLeaf(text string) error {
	read, err := readLeaf(h.size, text)
	if err != nil {
		return err
	}
	h.leaves[h.size] = read
	return h.addSubtree(0, tlog.RecordHash([]byte(text)))
}

// addSubtree appends 2^level leaves of which only the hash is known.
func (h *history) addSubtree(level int, hash tlog.Hash) error {
	if level < 0 || level > 50 || h.size%(1<<uint(level)) != 0 {
		return fmt.Errorf("a subtree of level %d can not begin at leaf %d", level, h.size)
	}
	n := h.size >> uint(level)
	h.size += 1 << uint(level)
	h.hashes[tlog.StoredHashIndex(level, n)] = hash
	for ; n%2 == 1; n /= 2 {
		left, isKnown := h.hashes[tlog.StoredHashIndex(level, n-1)]
		if !isKnown {
			return fmt.Errorf("the subtree before leaf %d is missing", n<<uint(level))
		}
		hash = tlog.NodeHash(left, hash)
		level++
		h.hashes[tlog.StoredHashIndex(level, n/2)] = hash
	}
	return nil
}

// ReadHashes makes a history a tlog.HashReader.
func (h *history) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hash, isKnown := h.hashes[index]
		if !isKnown {
			level, n := tlog.SplitStoredHashIndex(index)
			return nil, fmt.Errorf("the hash of subtree %d of level %d is not given: %w", n, level, errNotProven)
		}
		found[i] = hash
	}
	return found, nil
}

// root of the tree of the first `size` leaves.
func (h *history) root(size int64) (tlog.Hash, error) {
	if size < 1 {
		return tlog.Hash{}, errors.New("a tree without leaves proves nothing")
	}
	if size > h.size {
		return tlog.Hash{}, fmt.Errorf("it is of %d leaves, and only %d are given: %w", size, h.size, errNotProven)
	}
	return tlog.TreeHash(size, h)
}
