using System.Collections.Concurrent;
using Multiproc.States;

namespace Multiproc.Peers;

/// <summary>
/// Callers that speak another protocol, such as CPython's: this process makes their calls on their behalf, but each has a process number of its own, so that
/// what it holds, waits for or has in hand comes back when it ends.
/// </summary>
internal sealed class Guests(Func<int> nextNumber, Action<LifecycleEvent> tellObjects)
{
    private readonly ConcurrentDictionary<int, int> _pids = [];

    public int Count => _pids.Count;

    /// <summary>Admits a caller and gives it a number, for good.</summary>
    /// <param name="pid">The id of its process; 0 when it is not known.</param>
    public int Admit(int pid)
    {
        int number = nextNumber();
        _pids[number] = pid;
        return number;
    }

    /// <summary>The guest has ended: its waits are removed, and what it held goes to others.</summary>
    public void Dismiss(int number)
    {
        if (_pids.TryRemove(number, out _))
        {
            tellObjects(new LifecycleEvent.ProcessGone(number));
        }
    }

    public bool Has(int number) => _pids.ContainsKey(number);

    /// <summary>The process id of a guest; 0 when it is not known, or no guest has this number.</summary>
    public int PidOf(int number) => _pids.GetValueOrDefault(number);
}
