package main

import (
	"fmt"
	"regexp"
	"strings"
)

// A leaf is one line of the log. Its fields are checked when it is read.
type leaf struct {
	index int64
	text  string
	kind  string
	field map[string]string
}

// The fields of each kind, as the format page lists them; those with a question mark may be "-".
var kinds = map[string]string{
	"log": "receiptKey promiseDelayMs atMs",
	"terms": "campaign capacity waitingCapacity amount currency opensAt? closesAt? reversalPolicy eligibleRoot? " +
		"keyCommitment atMs",
	"unproven": "campaign atMs",
	"epoch":    "campaign epoch lastArrivalNo atMs",
	"lost":     "campaign epoch from to",
	"claim":    "campaign epoch arrivalNo createdAtMs slot? C",
	"full":     "campaign epoch arrivalNo atMs",
	"promote":  "campaign arrivalNo slot atMs",
	"paid":     "campaign arrivalNo slot R? atMs",
	"failed":   "campaign arrivalNo slot reason R? atMs",
	"revoked":  "campaign arrivalNo slot R? atMs",
	"reversed": "campaign arrivalNo slot effect R? atMs",
	"left":     "campaign arrivalNo atMs",
	"ended":    "campaign arrivalNo atMs",
	"state":    "campaign revision state opensAt? closesAt? waitingCapacity afterArrivalNo? R? atMs",
	"stopped":  "campaign code atMs",
	"restored": "campaign from to atMs",
	"end":      "campaign arrivals paid failed left ended atMs",
}

var words = map[string]*regexp.Regexp{
	"receiptKey":     regexp.MustCompile(`^[!-*,-~]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$`),
	"campaign":       regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`),
	"currency":       regexp.MustCompile(`^[A-Z]{3}$`),
	"reversalPolicy": regexp.MustCompile(`^(keep|regrant)$`),
	"effect":         regexp.MustCompile(`^(keep|regrant)$`),
	"state":          regexp.MustCompile(`^(OPEN|PAUSED|CLOSED)$`),
	"reason":         regexp.MustCompile(`^(wallet-closed|rejected-by-provider|rejected-by-operator)$`),
	"code":           regexp.MustCompile(`^(not-justified|no-key)$`),
}

// Numbers that may be 0. Times may be 0 too.
var counts = map[string]bool{
	"waitingCapacity": true, "lastArrivalNo": true, "afterArrivalNo": true,
	"to": true, "arrivals": true, "paid": true, "failed": true, "left": true, "ended": true,
}

const largest = 1<<53 - 1

func isHash(field string) bool {
	return field == "C" || field == "R" || field == "keyCommitment" || field == "eligibleRoot"
}

func readLeaf(index int64, text string) (leaf, error) {
	refuse := func(reason string) (leaf, error) {
		return leaf{}, fmt.Errorf("leaf %d, %q: %s", index, text, reason)
	}
	parts := strings.Split(text, " ")
	if parts[0] != "v1" || len(parts) < 2 || kinds[parts[1]] == "" {
		return refuse("not a kind that version 1 has")
	}
	names := strings.Fields(kinds[parts[1]])
	if len(parts)-2 != len(names) {
		return refuse("the wrong number of fields")
	}
	read := leaf{index, text, parts[1], map[string]string{}}
	for i, name := range names {
		value := parts[i+2]
		mayBeNone := strings.HasSuffix(name, "?")
		name = strings.TrimSuffix(name, "?")
		if !(mayBeNone && value == "-") && !fits(name, value) {
			return refuse(name + " is malformed")
		}
		read.field[name] = value
	}
	return read, nil
}

func fits(field, value string) bool {
	if word := words[field]; word != nil {
		return word.MatchString(value)
	} else if isHash(field) {
		_, err := readHash(value)
		return err == nil
	}
	number, err := readNumber(value)
	mayBeZero := counts[field] || strings.HasSuffix(field, "At") || field == "atMs" || field == "createdAtMs"
	return err == nil && number <= largest && (number > 0 || mayBeZero)
}

func (l leaf) campaign() string { return l.field["campaign"] }

func (l leaf) has(field string) bool { return l.field[field] != "-" }

// later is the time that a leaf tells, or the other one if that is later.
func (l leaf) later(ms int64) int64 {
	for _, field := range []string{"atMs", "createdAtMs"} {
		if at := l.number(field); at > ms {
			ms = at
		}
	}
	return ms
}

// number is that of a field that is one, and -1 of "-".
func (l leaf) number(field string) int64 {
	if number, err := readNumber(l.field[field]); err == nil {
		return number
	}
	return -1
}
