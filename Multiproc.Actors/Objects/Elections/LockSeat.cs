namespace Multiproc.Objects.Elections;

/// <summary>A lock as the seat of a leader: of a cluster, of a manager, or of any process.</summary>
/// <param name="gate">The lock.</param>
/// <param name="description">What it is, for error texts.</param>
/// <param name="ownsGate">Whether the facade ends with the term.</param>
internal sealed class LockSeat(SharedLock gate, string description, bool ownsGate) : ISeat
{
    public string Description => description;

    public async Task<Term> TakeAsync(CancellationToken cancellation)
    {
        try
        {
            var hold = await gate.HoldAsync(cancellation).ConfigureAwait(false);
            try
            {
                return gate.Handle.IsRelayed ? new Term(hold.Fence, gate.Lost, () => Leave(hold)) : OfNode(hold);
            }
            catch
            {
                Leave(hold);
                throw;
            }
        }
        catch when (ownsGate)
        {
            gate.Dispose();
            throw;
        }
    }

    /// <summary>A lock of one process is lost with that process, or with the connection to it.</summary>
    private Term OfNode(LockHold hold)
    {
        var lost = new CancellationTokenSource();
        var unwatch = gate.Handle.WatchNode(() => _ = lost.CancelAsync());
        return new Term(hold.Fence, lost.Token, () =>
        {
            unwatch();
            Leave(hold);
        });
    }

    private void Leave(LockHold hold)
    {
        try
        {
            hold.Dispose();
        }
        catch (ConnectionLostException)
        {
            // It was lost, or is lost now: in both cases this process does not lead any more, which is all that was wanted.
        }

        if (ownsGate)
        {
            gate.Dispose();
        }
    }
}
