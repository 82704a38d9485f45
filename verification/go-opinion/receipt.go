package main

import (
	"encoding/json"
	"errors"
	"fmt"
)

const receiptFormat = "seonchak-receipt/v1"

// A person's receipt: each leaf that names their arrival number, with its proof.
type receipt struct {
	format, campaign, user, nonce, logKey string
	arrivalNo                             int64
	proofs                                []provenLeaf
}

type provenLeaf struct{ leaf, proof string }

// readReceipt takes members by their exact names, which Go's decoder of structs would not; it ignores others.
func readReceipt(text string) (receipt, error) {
	var read receipt
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		return read, err
	}
	var proofs []map[string]string
	for name, into := range map[string]interface{}{
		"format": &read.format, "campaignId": &read.campaign, "userId": &read.user, "nonce": &read.nonce,
		"logKey": &read.logKey, "arrivalNo": &read.arrivalNo, "proofs": &proofs,
	} {
		if err := json.Unmarshal(members[name], into); err != nil {
			return read, fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, proven := range proofs {
		read.proofs = append(read.proofs, provenLeaf{proven["leaf"], proven["proof"]})
	}
	if read.format != receiptFormat || len(read.proofs) == 0 {
		return read, errors.New("it is no receipt, or proves nothing")
	}
	return read, nil
}

func (o opinion) agreeWithReceipt(text string) error {
	read, err := readReceipt(text)
	if err != nil {
		return err
	}
	if read.logKey != o.keyText {
		return fmt.Errorf("it is of the log %s", read.logKey)
	}
	_, head, err := splitProof(read.proofs[0].proof)
	if err != nil {
		return err
	}
	newest, err := o.open(head)
	if err != nil {
		return err
	}
	leaves := o.leavesOf(read.campaign, read.arrivalNo, newest.size)
	if len(leaves) != len(read.proofs) {
		return fmt.Errorf("the log has %d leaves of number %d, and it has %d", len(leaves), read.arrivalNo, len(read.proofs))
	}
	for i, proven := range read.proofs {
		_, own, err := splitProof(proven.proof)
		if err != nil {
			return err
		}
		if own != head {
			return errors.New("its proofs are against different checkpoints")
		}
		if proven.leaf != leaves[i].text {
			return fmt.Errorf("the log says %q instead of %q", leaves[i].text, proven.leaf)
		}
		if _, err := o.agreeWithTlogProof(proven.proof, proven.leaf); err != nil {
			return err
		}
	}
	return opens(leaves[0].field["C"], "who", read.campaign, read.user, read.nonce)
}

// leavesOf finds what the first `size` leaves tell of a person, from the last claim of the number on.
func (o opinion) leavesOf(campaign string, arrivalNo, size int64) []leaf {
	var found []leaf
	for index := int64(0); index < size; index++ {
		l, isGiven := o.history.leaves[index]
		if !isGiven || l.kind == "full" || l.campaign() != campaign || l.number("arrivalNo") != arrivalNo {
			continue
		}
		if l.kind == "claim" {
			found = nil
		}
		found = append(found, l)
	}
	return found
}

// opens says whether a commitment is that of a subject: a person by "who", a payout or an operator by "reference".
func opens(commitment, kind, campaign, subject, nonce string) error {
	made, err := commitTo(kind, campaign, subject, nonce)
	if err != nil {
		return err
	}
	if made != commitment {
		return fmt.Errorf("%s is not the commitment to %s", commitment, subject)
	}
	return nil
}
