use crate::{
    account::Deposit,
    decision::{award_of, decider, open_deposit, Award, Opened},
    event::emit,
    field::{put_u64, u64_at},
    generated::{deposit, EscrowError, DEPOSIT_FUNDED, INSTRUCTION_VETO},
    require, Call, Outcome,
};

/// Accounts: deposit, operator, and a decider (signs) unless the award is void. Data: number.
/// Undoes an award that is not final: by another decider for good, by whoever made it as a withdrawal. A void award can
/// be cleared away by anybody. It carries no sequence: nobody dodges it by awarding again.
#[inline(never)]
pub fn veto(Call { program, accounts, data }: Call) -> Outcome {
    let [account, operator_account, deciders @ ..] = accounts else {
        return Err(EscrowError::AccountCountWrong);
    };
    require(deciders.len() <= 1, EscrowError::AccountCountWrong)?;
    require(data.len() == 1, EscrowError::DataLengthWrong)?;
    let Opened { fields, operator, now } = open_deposit(program, account, operator_account)?;
    match award_of(fields, operator, now) {
        Award::None => return Err(EscrowError::StateWrong),
        Award::Final => return Err(EscrowError::AwardFinal),
        Award::Void => {}
        Award::Pending => {
            let [key] = deciders else {
                return Err(EscrowError::SignatureMissing);
            };
            let mut by = 0;
            decider(fields, operator, now, key, &mut by)?;
            note(fields, by);
        }
    }
    let sequence = undo(fields);
    emit(INSTRUCTION_VETO, account.address(), sequence, 0);
    Ok(())
}

/// Withdrawing is no veto.
#[inline(always)]
fn note(fields: &mut Deposit, by: u8) {
    if fields[deposit::AWARDED_BY] & by == 0 {
        fields[deposit::VETOED] = 1;
    }
}

#[inline(always)]
fn undo(fields: &mut Deposit) -> u64 {
    let sequence = u64_at(fields, deposit::SEQUENCE).wrapping_add(1);
    fields[deposit::STATE] = DEPOSIT_FUNDED;
    fields[deposit::SHARE_COUNT] = 0;
    fields[deposit::AWARDED_BY] = 0;
    fields[deposit::AWARD_EPOCH..deposit::SIZE].fill(0);
    put_u64(fields, deposit::SEQUENCE, sequence);
    sequence
}

const _: () = assert!(deposit::AWARD_EPOCH == deposit::SEQUENCE + 8 && deposit::SHARE_BPS + 16 == deposit::SIZE);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::{DECIDER_FUNDER, DECIDER_RELAYER, DEPOSIT_AWARDED};

    #[test]
    fn another_key_vetoes_for_good_and_the_same_one_withdraws() {
        for (by, vetoed) in [(DECIDER_RELAYER, 0), (DECIDER_FUNDER, 1)] {
            let mut fields = [7; deposit::SIZE];
            fields[deposit::STATE] = DEPOSIT_AWARDED;
            fields[deposit::VETOED] = 0;
            fields[deposit::AWARDED_BY] = DECIDER_RELAYER;
            put_u64(&mut fields, deposit::SEQUENCE, 2);
            note(&mut fields, by);
            assert_eq!(undo(&mut fields), 3);
            assert_eq!((fields[deposit::STATE], fields[deposit::VETOED], fields[deposit::SHARE_COUNT], fields[deposit::AWARDED_BY]), (DEPOSIT_FUNDED, vetoed, 0, 0));
            assert!(fields[deposit::AWARD_EPOCH..].iter().all(|byte| *byte == 0));
            assert_eq!(fields[deposit::MINT], 7);
        }
    }
}
