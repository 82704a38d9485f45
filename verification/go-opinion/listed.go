package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"golang.org/x/mod/sumdb/tlog"
)

const listedFormat = "seonchak-listed/v1"

var userID = regexp.MustCompile(`^[1-9][0-9]*$`)

// isListed says whether a text is what finds a person in the list of who may claim.
func isListed(text string) bool {
	var members map[string]json.RawMessage
	var format string
	return json.Unmarshal([]byte(text), &members) == nil &&
		json.Unmarshal(members["format"], &format) == nil && format == listedFormat
}

// agreeWithListed checks that the path of a person leads from the line that they open to what the terms commit to.
// Nobody has signed it, so whatever does not fit accuses nobody.
func (o opinion) agreeWithListed(text string) error {
	var campaign, user, nonce string
	var index, size int64
	var lines []string
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		return unusable{err}
	}
	if members["path"] == nil {
		return fmt.Errorf("it has no path: %w", errNotProven)
	}
	for name, into := range map[string]interface{}{
		"campaignId": &campaign, "userId": &user, "nonce": &nonce, "index": &index, "size": &size, "path": &lines,
	} {
		if err := json.Unmarshal(members[name], into); err != nil {
			return unusable{fmt.Errorf("%s: %w", name, err)}
		}
	}
	path, err := readHashes(lines)
	if err != nil {
		return unusable{err}
	}
	line, err := commitTo("who", campaign, user, nonce)
	if err != nil {
		return err
	}
	root, err := o.listRoot(campaign)
	if err != nil {
		return err
	}
	if index < 0 || index >= size {
		return fmt.Errorf("a list of %d has no line %d: %w", size, index, errNotProven)
	}
	if err := tlog.CheckRecord(path, size, root, index, tlog.RecordHash([]byte(line))); err != nil {
		return fmt.Errorf("the path does not lead to the list of the terms: %w", errNotProven)
	}
	return nil
}

// listRoot is what the terms of a campaign commit to.
func (o opinion) listRoot(campaign string) (tlog.Hash, error) {
	for index := int64(0); index < o.history.size; index++ {
		l, isGiven := o.history.leaves[index]
		if isGiven && l.kind == "terms" && l.campaign() == campaign && l.has("eligibleRoot") {
			return readHash(l.field["eligibleRoot"])
		}
	}
	return tlog.Hash{}, fmt.Errorf("no terms of campaign %s commit to a list: %w", campaign, errNotProven)
}

// commitTo is the commitment to a subject: a person by "who", a payout or an operator by "reference".
func commitTo(kind, campaign, subject, nonce string) (string, error) {
	secret, err := readBase64(nonce)
	if err != nil {
		return "", unusable{err}
	}
	if len(secret) != 16 || (kind == "who" && !userID.MatchString(subject)) {
		return "", unusable{errors.New("a nonce has 16 bytes, and a user a number")}
	}
	made := sha256.Sum256(append([]byte("seonchak/v1 "+kind+"\n"+campaign+"\n"+subject+"\n"), secret...))
	return base64.StdEncoding.EncodeToString(made[:]), nil
}
