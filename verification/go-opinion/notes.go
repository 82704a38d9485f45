package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const cosignatureType = 4

// A witness is the verifier of cosignatures of C2SP tlog-cosignature, which Go's package does not know.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.hash }

// Verify takes a signature of 8 bytes of time, in seconds since 1970, and 64 of Ed25519.
func (w *witness) Verify(message, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	seconds := binary.BigEndian.Uint64(signature)
	signed := append([]byte(fmt.Sprintf("cosignature/v1\ntime %d\n", seconds)), message...)
	return ed25519.Verify(w.key, signed, signature[8:])
}

// newWitness reads a verifier key of type 0x04.
func newWitness(vkey string) (*witness, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("%q is no verifier key", vkey)
	}
	data, err := readBase64(parts[2])
	if err != nil {
		return nil, err
	}
	if len(data) != 1+ed25519.PublicKeySize || data[0] != cosignatureType {
		return nil, fmt.Errorf("%q is no key of a witness", vkey)
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), data...))
	hash := binary.BigEndian.Uint32(sum[:])
	if parts[1] != fmt.Sprintf("%08x", hash) {
		return nil, fmt.Errorf("the id in %q is not that of the key", vkey)
	}
	return &witness{name: parts[0], hash: hash, key: data[1:]}, nil
}

// A checkpoint is the head of a tree, by whoever signed it.
type checkpoint struct {
	origin string
	size   int64
	root   tlog.Hash
	// Who of the verifiers that were asked for has signed it.
	signers []note.Signature
}

// openCheckpoint reads a checkpoint that must be signed by the key; signatures of witnesses must hold if they are there.
func openCheckpoint(text string, key note.Verifier, witnesses []*witness) (checkpoint, error) {
	known := []note.Verifier{key}
	for _, w := range witnesses {
		known = append(known, w)
	}
	opened, err := note.Open([]byte(text), note.VerifierList(known...))
	var unsigned *note.UnverifiedNoteError
	if errors.As(err, &unsigned) || (err == nil && !isSignedBy(opened.Sigs, key)) {
		return checkpoint{}, fmt.Errorf("%s has not signed it: %w", key.Name(), errNotProven)
	}
	if err != nil {
		return checkpoint{}, err
	}
	for _, signature := range append(append([]note.Signature{}, opened.Sigs...), opened.UnverifiedSigs...) {
		if _, err := readBase64(signature.Base64); err != nil {
			return checkpoint{}, err
		}
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] == "" || lines[3] != "" {
		return checkpoint{}, errors.New("a checkpoint has three lines")
	}
	size, err := readNumber(lines[1])
	if err != nil {
		return checkpoint{}, err
	}
	root, err := readHash(lines[2])
	return checkpoint{lines[0], size, root, opened.Sigs}, err
}

// seenMs are the earliest and the latest time that a witness has signed, in ms since 1970; 0 if none has.
func (c checkpoint) seenMs(witnesses []*witness) (earliest, latest int64) {
	for _, signature := range c.signers {
		for _, w := range witnesses {
			data, err := readBase64(signature.Base64)
			if err != nil || signature.Name != w.name || signature.Hash != w.hash {
				continue
			}
			// Behind the id of the key.
			at := int64(binary.BigEndian.Uint64(data[4:])) * 1000
			if at > latest {
				latest = at
			}
			if earliest == 0 || at < earliest {
				earliest = at
			}
		}
	}
	return earliest, latest
}

func isSignedBy(signatures []note.Signature, key note.Verifier) bool {
	for _, signature := range signatures {
		if signature.Name == key.Name() && signature.Hash == key.KeyHash() {
			return true
		}
	}
	return false
}

// mustContinue says whether a history begins with the tree of a checkpoint of this origin.
func (c checkpoint) mustContinue(h *history, origin string) error {
	if c.origin != origin {
		return fmt.Errorf("it is of %q, not of %q", c.origin, origin)
	}
	root, err := h.root(c.size)
	if err != nil {
		return err
	}
	if root != c.root {
		return fmt.Errorf("the root of the first %d leaves is %v, and it says %v", c.size, root, c.root)
	}
	return nil
}

// readBase64 takes base64 in its one form: Go's decoder alone would skip newlines, and spare bits.
func readBase64(text string) ([]byte, error) {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil || base64.StdEncoding.EncodeToString(data) != text {
		return nil, fmt.Errorf("%q is no base64", text)
	}
	return data, nil
}

func readHash(text string) (tlog.Hash, error) {
	var hash tlog.Hash
	data, err := readBase64(text)
	if err == nil && len(data) != len(hash) {
		err = fmt.Errorf("%q is no hash", text)
	}
	copy(hash[:], data)
	return hash, err
}

// readNumber takes a decimal number without sign or leading zeros.
func readNumber(text string) (int64, error) {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 || strconv.FormatInt(number, 10) != text {
		return 0, fmt.Errorf("%q is no number", text)
	}
	return number, nil
}
