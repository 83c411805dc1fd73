using System.Collections.Concurrent;
using Multiproc.States;

namespace Multiproc.Peers;

/// <summary>
/// Callers that speak another protocol, such as CPython's: this process makes their calls on their behalf, but each has a process number of its own, so that
/// what it holds, waits for or has in hand comes back when it ends.
/// </summary>
internal sealed class Guests(Func<int> nextNumber, Action<LifecycleEvent> tellObjects)
{
    private readonly ConcurrentDictionary<int, Guest> _all = [];

    public int Count => _all.Count;

    /// <summary>Admits a caller and gives it a number, for good.</summary>
    /// <param name="pid">The id of its process; 0 when it is not known.</param>
    public int Admit(int pid)
    {
        int number = nextNumber();
        _all[number] = new Guest(pid, []);
        return number;
    }

    /// <summary>The guest has ended: its waits are removed, what it held goes to others, and the threads that still wait on its behalf are told.</summary>
    public void Dismiss(int number)
    {
        if (!_all.TryRemove(number, out var gone))
        {
            return;
        }

        tellObjects(new LifecycleEvent.ProcessGone(number));
        foreach (long call in gone.Calls.Keys)
        {
            CallTable.Current.Finish(call, Reply.Lost("the process on whose behalf it was used has ended."));
        }
    }

    public bool Has(int number) => _all.ContainsKey(number);

    /// <summary>Notes a call, before it is delivered.</summary>
    /// <returns>False when the guest has ended.</returns>
    public bool TryBegin(int number, long call) =>
        // The look comes after the note: a guest that ends between fails the call, or is not found here.
        _all.TryGetValue(number, out var guest) && guest.Calls.TryAdd(call, default) && _all.ContainsKey(number);

    /// <summary>Hands over the reply of a call.</summary>
    /// <returns>False when no guest has this number.</returns>
    public bool TryReply(Caller caller, in Reply reply)
    {
        if (!_all.TryGetValue(caller.Process, out var guest))
        {
            return false;
        }

        guest.Calls.TryRemove(caller.Call, out _);
        CallTable.Current.Finish(caller.Call, reply);
        return true;
    }

    /// <summary>The process id of a guest; 0 when it is not known, or no guest has this number.</summary>
    public int PidOf(int number) => _all.TryGetValue(number, out var guest) ? guest.Pid : 0;

    private sealed record Guest(int Pid, ConcurrentDictionary<long, byte> Calls);
}
