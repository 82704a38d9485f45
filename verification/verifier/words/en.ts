import type { VerdictWords } from './words.js';

export const en: VerdictWords = {
  conclusions: {
    proven: 'PROVEN: the log is whole, and everything in it keeps the rules.',
    violated: 'VIOLATED: something in it breaks the rules.',
    'not-proven': 'NOT PROVEN: no rule is broken, but this does not prove that all were kept.',
  },
  provenSoFar:
    'PROVEN SO FAR: the log is whole, and everything in it keeps the rules. The campaign still runs.',
  reasons: {
    'campaign-not-in-the-log': 'The log has no leaf of this campaign.',
    'campaign-unproven':
      'The campaign had been claimed before the log knew it, so its order is not in the log.',
    'campaign-stopped':
      'The log of the campaign was stopped: its operator’s records contradicted the rules, or its key is gone.',
    'not-signed': 'The checkpoint is not signed by the key of the log.',
    'too-few-witnesses': 'Fewer witnesses cosigned the checkpoint than the policy demands.',
    'not-stamped': 'None of its time stamps is by an authority that you named.',
    'not-compared':
      'A checkpoint that you brought could not be compared: it is not signed by the log, or its size lies outside of what is shown leaf by leaf. Read the whole log instead.',
    'another-list':
      'The list that you brought is not the one that the terms commit to. It may have been changed on its way: get it anew.',
    'no-such-list': 'The terms of the campaign commit to no list, so the one that you brought shows nothing.',
    'receipt-shows-nothing': 'The receipt shows nothing about this log.',
  },
  notes: {
    'still-running': 'Somebody may still be paid: look again after the end.',
    'key-from-the-source':
      'The key of the log was taken from what is checked. Compare it with one that you got elsewhere.',
    'policy-from-the-source': 'Which witnesses count was said by the operator. Bring a policy of your own.',
    'no-witnesses':
      'No witness has cosigned it: this alone does not show that everybody is shown the same log.',
    'list-not-checked':
      'The terms commit to a list of who may claim. Bring it to check that everybody who claimed is on it.',
    'stamps-not-checked':
      'It has time stamps that were not checked. “npm run verify” checks them, by certificates that you name.',
  },
  rules: {
    'malformed-leaf': 'A leaf is not of the form that leaves have.',
    'root-differs':
      'The leaves are not those that the checkpoint was signed for: something was changed, added or removed.',
    'signature-wrong': 'The signature in the name of the log does not hold.',
    'cosignature-wrong': 'The cosignature in the name of a witness does not hold.',
    'stamp-wrong': 'A time stamp does not hold, or is of something else.',
    'two-histories':
      'The log signed two trees of which neither continues the other: two people were shown two histories.',
    'hidden-range': 'Leaves between the terms and the end of the campaign are not shown.',
    'log-first': 'The log does not begin with its own leaf.',
    'terms-first': 'The campaign does not begin with its terms.',
    'terms-once': 'The terms of the campaign were given again.',
    'unproven-alone': 'A campaign that is called unproven has other leaves.',
    'nothing-after-stopped': 'Something follows after the log of the campaign was stopped.',
    'nothing-after-end': 'Something follows after the end of the campaign.',
    'broken-promise':
      'The operator’s database was set back: what the log had said since then no longer holds.',
    'restored-range': 'The numbers that are taken back are not the last ones of the log.',
    'epoch-rises': 'The gate was rebuilt under a number that is not higher than the one before.',
    'first-epoch': 'The first gate already knew of claims.',
    'epoch-bound': 'A rebuilt gate knew fewer claims than there had been.',
    'lost-range': 'Arrival numbers are called lost that a rebuild did not lose.',
    'arrivals-in-order': 'An arrival number is not the next one: somebody was left out, added, or moved.',
    'claim-epoch': 'A claim names another gate than the one that gave its number.',
    'once-a-person': 'The same person claimed twice.',
    'claimant-not-on-the-list': 'Somebody claimed who is not on the list that the terms commit to.',
    'claims-allowed': 'Somebody got in while the campaign was paused or closed.',
    'slot-is-free': 'A slot was given that somebody else holds.',
    'slot-exists': 'A slot was given that the campaign does not have.',
    'nobody-overtakes': 'A newcomer got a slot while somebody waited.',
    'line-has-room': 'Somebody was put into the line although it was full.',
    'full-in-place': '“Full” stands where not everything was full.',
    'full-is-said': 'Everything was full after this claim, and the log does not say so.',
    'promote-waits': 'Somebody was promoted who did not wait.',
    'promote-in-order': 'Somebody was promoted ahead of a person who had come earlier.',
    'paid-holds-the-slot': 'Somebody was paid for a slot that they did not hold.',
    'paid-once': 'Somebody was paid twice.',
    'more-than-capacity': 'More people were paid than the campaign has slots.',
    'failed-holds-the-slot':
      'A payment is said to have failed for somebody who did not hold the slot unpaid.',
    'revoked-holds-the-slot': 'A slot was revoked from somebody who did not hold it unpaid.',
    'reversed-was-paid': 'Money is said to have come back from somebody who was not paid with this slot.',
    'reversed-once': 'Money came back twice from one person.',
    'regrant-by-the-terms': 'A slot was passed on after its money came back, which the terms do not allow.',
    'left-waits': 'Somebody left the line who was not in it.',
    'ended-waits': 'Waiting ended for somebody who did not wait.',
    'ended-too-early': 'Waiting ended for somebody while a slot could still become free.',
    'revision-rises': 'A change of the campaign has a number that is not higher than the one before.',
    'closed-is-final': 'A campaign that was closed was opened again.',
    'state-in-place': 'A change of the campaign stands at another place than where it took effect.',
    'end-with-nobody-open': 'The campaign ended while somebody still held a slot unpaid, or waited.',
    'end-when-over': 'The campaign ended although slots were left and nobody had closed it.',
    'end-counts': 'The counts at the end are not those of the leaves.',
    'end-turned-nobody-away': 'Slots were left over at the end, and people who waited got nothing.',
  },
  remarks: {
    'claim-before-opening': 'The first claim bears a time before the opening.',
    'claim-times-fall':
      'A claim bears an earlier time than the one before it. The order is that of the arrival numbers; a clock may have been set.',
    'terms-after-opening': 'The terms were published after the opening.',
    'time-after-it-was-seen':
      'A leaf bears a later time than that at which others had seen it: a clock was wrong, or the time is.',
    'claim-logged-late':
      'A claim bears a time long before it was logged: it was logged late, or the time is wrong.',
  },
  receipts: {
    'in-the-log': 'Your receipt is in the log.',
    'not-yet-due':
      'Your claim is not in the log yet, and by the delay that the log allows itself it need not be. Look again in some minutes; if it stays so, ask for a newer proof: an old one can not show a broken promise.',
    'newer-than-the-log':
      'Your receipt is newer than this copy of the log, and agrees with it as far as it goes. Get a new copy, and check again.',
    'sold-out-agrees':
      'The log agrees with “sold out”: afterwards nobody got in beyond the places that became free.',
    'on-the-list': 'You are on the list of who may claim, to which the terms commit.',
    'not-in-the-log':
      'Your claim was promised to you, and is not in the log. Keep this receipt: it proves that the operator broke the promise.',
    'logged-otherwise':
      'The log has something else than was promised to you. Keep this receipt: it proves that the operator broke the promise.',
    'sold-out-contradicted':
      'You were told “sold out”, and more people got in afterwards than places became free. Keep this receipt: it proves it.',
    'sold-out-too-early':
      'You were told “sold out” when fewer people had come than there are places. Keep this receipt: it proves it.',
    'somebody-else': 'This receipt belongs to somebody else: its opening does not fit its commitment.',
    'not-signed':
      'This receipt is not signed by a key that is shown here. The proof of a campaign need not show all keys: read the whole log by its URL.',
    'not-whole':
      'This receipt is not what the log gave: it lacks leaves that the log has of this number, or has others. Get it anew.',
    'not-on-the-list':
      'What was given opens no commitment on the list of who may claim: it is of somebody else, or this person is not on it.',
    'list-not-brought':
      'What was given has no path to the terms, so whether you are on the list can only be seen in the list itself: bring the one that the terms commit to, too.',
    'path-leads-elsewhere':
      'The path that was given does not lead to the list to which the terms commit: it was changed, it is of somebody else, or of another list. Get it anew.',
    'terms-without-list':
      'The terms of the campaign commit to no list of who may claim, so a place on one shows nothing.',
  },
  allOnTheList: (people) =>
    `Everybody who claimed is on the list of ${people} people to which the terms commit.`,
  otherCampaign: (campaign) =>
    `Your receipt is of another campaign, ${campaign}, and was not looked for here: check it with the proof of that campaign.`,
  misplaced: {
    'proof-as-receipt':
      'The file that was given as the receipt is the proof of a campaign: give it as the proof. A receipt is what you got when you claimed.',
    'receipt-as-proof':
      'The file that was given as the proof is a receipt: give it as the receipt. The proof is the file that the organiser publishes for the campaign.',
  },
  statuses: {
    waiting: 'you are waiting',
    holding: 'you hold a slot and are not paid yet',
    paid: 'you were paid',
    kept: 'you were paid, and the money came back later',
    failed: 'the payment failed or was revoked, and the reason is in the log',
    regranted: 'you were paid, the money came back, and the slot was passed on',
    left: 'you left the line',
    ended: 'you waited until the end, and no slot came to you',
    restored: 'your claim was lost when the database was set back',
  },
  inTheLogAt: (place, became) => `Your receipt is in it, at place ${place}: ${became}.`,
  log: (origin, leaves) => `Log ${origin}, ${leaves} leaves`,
  cosignedBy: (name, time) => `cosigned by ${name} at ${time}`,
  stampedBy: (authority, time, leaves) => `its first ${leaves} leaves stamped by ${authority} at ${time}`,
  counts: ({ capacity, arrivals, paid, failed, left, ended, holding, waiting }) =>
    `${capacity} ${capacity === '1' ? 'slot' : 'slots'}; ${arrivals} came: ${paid} paid, ${failed} failed, ${left} left, ` +
    `${ended} waited to the end, ${holding} hold a slot, ${waiting} wait`,
  failed: 'Not paid',
  failures: {
    'wallet-closed': 'closed wallet',
    'rejected-by-provider': 'rejected by the payment provider',
    'rejected-by-operator': 'rejected by the operator',
    revoked: 'revoked by the operator',
    regranted: 'came back and passed on',
  },
  lost: (count) =>
    `${count} arrival numbers are called lost: they were told to nobody. Whoever holds a promise for one can show otherwise.`,
  leaf: (index) => `leaf ${index}`,
  expected: (expected, found) => `expected ${expected}, found ${found}`,
  more: (count) => `and ${count} more`,
};
