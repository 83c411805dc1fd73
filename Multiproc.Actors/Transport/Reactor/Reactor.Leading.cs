using System.Numerics;

namespace Multiproc.Transport;

/// <content>The leader's role: checks for messages, delivers them, and sleeps if there are none.</content>
internal sealed partial class Reactor
{
    private bool TryLead()
    {
        if (_doorbell is null || Interlocked.CompareExchange(ref _role, 1, 0) != 0)
        {
            return false;
        }

        _doorbell.SetAwake();
        return true;
    }

    /// <summary>
    /// Puts the pump on guard before the role is free, so that there is always a guard; messages that arrived before the mark was set are
    /// found by the check afterwards.
    /// </summary>
    private void Leave()
    {
        var doorbell = _doorbell!;
        StartPump();
        int guard = Volatile.Read(ref _parked) > 0 ? Rings.Doorbell.PumpSleepsForWaiter : Rings.Doorbell.PumpSleeps;
        doorbell.SetSleeper(guard);
        Interlocked.Exchange(ref _role, 0);
        bool parkedMeanwhile = guard == Rings.Doorbell.PumpSleeps && Volatile.Read(ref _parked) > 0;
        if (parkedMeanwhile || doorbell.AnyReady(_sourceCount))
        {
            doorbell.Rouse(guard);
        }
    }

    /// <summary>Starts the pump on first use: a child that receives its work at once has run by then.</summary>
    private void StartPump()
    {
        if (!_pumping)
        {
            try
            {
                SharedMemory.OwnThread.Start(Pump, "multiproc pump", 256 * 1024);
                _pumping = true;
            }
            catch (MultiprocException)
            {
                // The role must become free, and a waiting thread delivers its messages itself. The next leader that leaves tries again.
            }
        }
    }

    private void Lead(WaitSlot slot, Deadline deadline)
    {
        var doorbell = _doorbell!;
        while (true)
        {
            bool busy = Drain();
            if (slot.IsDone || slot.IsInterrupted)
            {
                return;
            }

            if (busy)
            {
                continue;
            }

            if (deadline.HasPassed)
            {
                return;
            }

            if (SpinForMessage(_leaderSpin, slot))
            {
                continue;
            }

            int turn = doorbell.Turn(Rings.Doorbell.LeaderSleeps);
            doorbell.SetSleeper(Rings.Doorbell.LeaderSleeps);
            if (!doorbell.AnyReady(_sourceCount) && slot.BeginLeaderSleep())
            {
                doorbell.Sleep(Rings.Doorbell.LeaderSleeps, turn, deadline.Remaining);
            }

            slot.EndLeaderSleep();
            doorbell.SetAwake();
            _leaderSpin.End();
        }
    }

    private void Pump()
    {
        var doorbell = _doorbell!;
        while (true)
        {
            int turn = doorbell.Turn(Rings.Doorbell.PumpSleeps);
            if (TryLead())
            {
                do
                {
                    while (Drain())
                    {
                    }
                }
                while (SpinForMessage(_pumpSpin, null));
                Leave();
            }

            doorbell.Sleep(Rings.Doorbell.PumpSleeps, turn, null);
            _pumpSpin.End();
        }
    }

    /// <summary>Delivers the available messages. Returns true if there were any.</summary>
    private bool Drain()
    {
        bool any = false;
        int words = (_sourceCount + 63) >> 6;
        for (int word = 0; word < words; word++)
        {
            ulong bits = _doorbell!.TakeReady(word);
            while (bits != 0)
            {
                int bit = BitOperations.TrailingZeroCount(bits);
                bits &= bits - 1;
                any = true;
                int index = (word << 6) + bit;
                if (index < _sources.Length && _sources[index] is { } source)
                {
                    s_handlerDepth++;
                    try
                    {
                        source.DeliverReady();
                    }
                    finally
                    {
                        s_handlerDepth--;
                    }
                }
            }
        }

        return any;
    }

    /// <summary>Spins for messages for a few microseconds before sleeping. The pump yields to a thread that wants the role.</summary>
    private bool SpinForMessage(SpinPolicy spin, WaitSlot? slot)
    {
        for (int spins = spin.Begin(); spins > 0; spins--)
        {
            if (_doorbell!.AnyReady(_sourceCount) || slot is { IsDone: true })
            {
                spin.Succeeded();
                return true;
            }

            if (slot is null && Volatile.Read(ref _wanting) > 0)
            {
                return false;
            }

            SpinPolicy.Pause();
        }

        spin.Failed();
        return false;
    }
}
