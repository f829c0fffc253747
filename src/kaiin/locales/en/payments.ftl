# Payments: ways to pay, states, numbers on bills and slips, and what a provider said.

## Ways to pay
payments-method-card = Credit or debit card
payments-method-docomo = docomo (d Payment)
payments-method-au = au Easy Payment
payments-method-softbank = SoftBank or Y!mobile carrier billing
payments-method-konbini = Convenience store

## States of a payment
payments-state-intent = Being started
payments-state-pending = Waiting for payment
payments-state-unknown = Being checked
payments-state-registered = Card registered
payments-state-paid = Paid
payments-state-partly_refunded = Partly refunded
payments-state-disputed = Disputed by the payer
payments-state-refunded = Refunded
payments-state-charged_back = Charged back by the bank
payments-state-failed = Failed
payments-state-expired = Expired
payments-state-canceled = Cancelled

## Numbers that a bill, slip or mail shows
payments-reference-card_last4 = Last 4 digits of the card
payments-reference-card_payment = Card payment number
payments-reference-docomo_payment = Payment number (決済番号)
payments-reference-au_contract = Recurring billing ID (継続課金ID)
payments-reference-au_payment = Payment information number (決済情報番号)
payments-reference-softbank_order = Order number (注文番号)
payments-reference-konbini_slip = Slip number (受付番号)
payments-reference-konbini_confirmation = Confirmation number (確認番号)

## Stores: their names, and the steps there
payments-store-seven_eleven = Seven-Eleven
payments-store-family_mart = FamilyMart
payments-store-lawson = Lawson
payments-store-ministop = Ministop
payments-store-seicomart = Seicomart
payments-store_how-any = Give the slip number and the confirmation number at the store’s terminal or till.
payments-store_how-seven_eleven = At the till, say that it is an internet payment (インターネット代金の支払い) and give the slip number.
payments-store_how-family_mart = Enter the slip number and the confirmation number at the multi-copier in the store, then take the printed ticket to the till.
payments-store_how-lawson = Enter the slip number and the confirmation number at the Loppi terminal in the store, then take the printed ticket to the till within 30 minutes.
payments-store_how-ministop = Enter the slip number and the confirmation number at the Loppi terminal in the store, then take the printed ticket to the till within 30 minutes.
payments-store_how-seicomart = At the till, say that it is an internet payment (インターネット代金の支払い), then enter the slip number and the confirmation number on its screen.

## Why a payment failed; quoted as the provider's answer, so without a full stop
payments-failure-card_declined = The card issuer did not approve the payment
payments-failure-insufficient_funds = There were not enough funds
payments-failure-expired_card = The card has expired
payments-failure-incorrect_cvc = The security code is wrong
payments-failure-authentication_failed = The card’s identity check (3-D Secure) was not completed
payments-failure-limit_exceeded = The carrier’s spending limit has been reached
payments-failure-contract_invalid = This phone contract can’t be used to pay this way
payments-failure-carrier_declined = The carrier did not approve the payment
payments-failure-mandate_ended = The recurring contract has ended
payments-failure-amount_mismatch = The amount received differs from the amount due
payments-failure-not_executed = The charge never reached the payment company
payments-failure-refused = The payment company did not accept the charge
payments-failure-refund_exceeds = The refund is more than what is left of the payment
payments-failure-refund_refused = The payment company did not accept the refund
payments-failure-account_closed = The account that the refund was to go to is closed
payments-failure-insufficient_balance = There was not enough money at the payment company for the refund
payments-failure-failed = The payment did not go through
payments-failure-expired = The time to pay ran out
payments-failure-canceled = The payment was cancelled
payments-failure-other = The payment did not go through

## Why the right to charge ended
payments-end_reason-merchant = We ended it when you left or changed how you pay
payments-end_reason-member = You ended it with the carrier or payment company
payments-end_reason-carrier = The carrier or payment company ended it
payments-end_reason-expired = The card has expired
payments-end_reason-refunded = A payment was refunded, so the recurring payment was ended
payments-end_reason-charged_back = A payment was taken back, so the recurring payment was ended
payments-end_reason-other = The recurring contract has ended

## Errors
payments-error = Something went wrong with the payment.
payments-no_such_payment = This payment can’t be found.
payments-no_such_provider = This payment company can’t be used.
payments-intent_conflict = The same step was already started with other details. Please start again.
payments-mandate_ended = The recurring contract has ended. Please set up how you pay again.
payments-too_many_errors = Payments were declined four times within 24 hours. To protect your card, please try again after { $until }. Nothing was charged.
payments-method_unavailable = This way to pay isn’t available now. Please choose another.
payments-impossible_answer = The payment company’s answer contradicts what is on record. We are finding out what is right.
payments-provider_unavailable = We can’t reach the payment company. Nothing was charged. Please try again in a little while.
payments-mandate_known = This card or contract has been taken over already.
payments-reference_unreadable = { $number } does not have the form of its kind ({ $kind }).
