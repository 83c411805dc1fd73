using Multiproc.Transport;

namespace Multiproc;

/// <content>The lock of the condition: to have it, to have it back, and to have lost it.</content>
public sealed partial class SharedCondition
{
    /// <param name="depth">How often it was taken before.</param>
    /// <param name="isBounded">Whether the caller has a bound: then it does not wait for a node that is stopped, though it does for others who have the lock.</param>
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

    /// <summary>When the lock was lost with its node, its error is on its way to the user: a second one must not take its place.</summary>
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
            throw new InvalidOperationException($"{this}: to {what} it, its lock must be held. Call Acquire or Hold before.");
        }
    }
}
