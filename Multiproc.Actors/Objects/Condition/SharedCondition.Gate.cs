using Multiproc.Transport;

namespace Multiproc;

/// <content>The lock of the condition: requiring it, acquiring it again, and losing it with its node.</content>
public sealed partial class SharedCondition
{
    /// <param name="depth">The depth to which the lock was held before.</param>
    /// <param name="isBounded">
    /// Whether the caller has a time limit: then it does not wait for a stopped node, though it does wait for other holders of the lock.
    /// </param>
    private void Retake(int depth, bool isBounded)
    {
        try
        {
            using (isBounded ? _gate.Handle.LimitUntilStopped().Enter() : default(WaitLimit).Enter())
            {
                _gate.Retake(depth);
            }
        }
        catch (Exception failure) when (failure is ConnectionLostException or ObjectDisposedException or MultiprocTimeoutException)
        {
            _lost = true;
            throw;
        }
    }

    /// <summary>
    /// Releases the lock. If it was lost with its node, that error is already on its way to the caller, and a second one must not replace it.
    /// </summary>
    private void EndHold()
    {
        if (!_lost || _gate.IsHeldHere)
        {
            _gate.Release();
        }
    }

    private void RequireHeld(string what)
    {
        if (!_gate.IsHeldHere)
        {
            _gate.ThrowIfLost();
            throw new InvalidOperationException($"{this}: to {what} it, its lock must be held. Call Acquire or Hold first.");
        }
    }
}
