namespace Multiproc.Objects.Semaphores;

/// <content>For objects whose permits belong to the processes that took them.</content>
internal readonly unsafe partial struct SemaphoreCell
{
    /// <summary>Releases a permit that the slot holds; never one of another slot.</summary>
    /// <remarks>
    /// What the slot holds is decided with the swap that releases it: a slot is counted only while word 0 is closed, and a word that was closed meanwhile has
    /// another sequence, so that the swap fails.
    /// </remarks>
    public PermitOutcome GiveBack(int slot)
    {
        while (true)
        {
            long word = Volatile.Read(ref _words[0]);
            if (!TryNaming(slot, ref word, out long ours))
            {
                continue;
            }

            if ((int)Volatile.Read(ref _words[8 + slot]) + BalanceOf(ours) <= 0)
            {
                if (Volatile.Read(ref _words[0]) == word)
                {
                    return PermitOutcome.NotHeld;
                }
            }
            else if (Swap(word, ours - OneTaken + 1))
            {
                return (word & WaitersBit) != 0 ? PermitOutcome.NeedsNode : PermitOutcome.Done;
            }
        }
    }

    /// <summary>For the node: from now on, only the node takes permits, and is told of each that is released.</summary>
    public void SetWaiters() => Interlocked.Or(ref _words[0], WaitersBit);
}
