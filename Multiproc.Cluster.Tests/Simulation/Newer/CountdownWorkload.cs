using Multiproc.Objects.Countdowns;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Simulation.Newer;

/// <summary>
/// Signals, additions and waits at one countdown. Nobody goes on before as many signals were begun as are counted, one signal alone is told that it was the
/// last, and afterwards all who wait go on.
/// </summary>
internal sealed class CountdownWorkload(ObjectType? type = null) : SimWorkload(type ?? CountdownType.Instance, Serializer.Pack(Initial))
{
    private const int Initial = 60;
    private const int MostWaiting = 2;

    private readonly HashSet<Client> _waiting = [];
    private int _signalsBegun;
    private int _signals;
    private int _addsUnknown;
    private int _adds;
    private int _last;
    private long _zeroSince = long.MaxValue;

    /// <summary>Those who wait go on only when others have signalled.</summary>
    protected override bool IsSettled => !_waiting.Any(static client => client.IsAlive);

    private int Least => Initial + _adds;

    public override void Check()
    {
        SimViolation.If(_signals > Least + _addsUnknown, $"{_signals} signals were counted, of which {Least} to {Least + _addsUnknown} were to come");
        SimViolation.If(_zeroSince == long.MaxValue, "the countdown never became zero");
    }

    protected override void Act(Client client, Action next)
    {
        if (World.IsChaos && World.Chance(0.2) && Living.Count(_waiting.Contains) < MostWaiting)
        {
            _waiting.Add(client);
            Wait(client, WaitTimeout.Infinite, _ =>
            {
                _waiting.Remove(client);
                next();
            });
        }
        else if (World.Chance(0.1))
        {
            Wait(client, WaitTimeout.OfTicks(World.Random.NextInt64(TimeSpan.TicksPerSecond)), _ => next());
        }
        else if (World.IsChaos && World.Chance(0.1))
        {
            Add(client, next);
        }
        else
        {
            Signal(client, _ => next());
        }
    }

    protected override void Drain(Client client, Action done) => Signal(client, isZero =>
    {
        if (!isZero)
        {
            Drain(client, done);
            return;
        }

        Wait(client, WaitTimeout.Zero, isOver =>
        {
            SimViolation.If(!isOver, "the count is zero, and somebody has to wait");
            done();
        });
    });

    private void Signal(Client client, Action<bool> told)
    {
        long begun = World.Now;
        _signalsBegun++;
        client.Node.Call(client.Process, new CountdownCommand.Signal(1), isRead: false, reply =>
        {
            if (reply.Status == ReplyStatus.Refused)
            {
                // It was begun, and did not count.
                _signalsBegun--;
                SeeZero("a signal was refused");
                told(true);
                return;
            }

            SimViolation.If(reply.Status != ReplyStatus.Ok, $"a signal ended with {reply.Status}: {reply.Reason}");
            SimViolation.If(_zeroSince < begun, "a signal was counted although the count had been zero before");
            _signals++;
            if (reply.Number == 1)
            {
                SimViolation.If(++_last > 1, "two signals were the last");
                SeeZero("a signal was the last");
            }

            told(reply.Number == 1);
        });
    }

    private void Add(Client client, Action next)
    {
        long begun = World.Now;
        _addsUnknown++;
        client.Node.Call(client.Process, new CountdownCommand.Add(1), isRead: false, reply =>
        {
            SimViolation.If(reply.Status != ReplyStatus.Ok, $"an addition ended with {reply.Status}: {reply.Reason}");
            _addsUnknown--;
            if (reply.Number == 0)
            {
                SeeZero("nothing could be added");
            }
            else
            {
                SimViolation.If(_zeroSince < begun, "something was added although the count had been zero before");
                _adds++;
            }

            next();
        });
    }

    private void Wait(Client client, WaitTimeout timeout, Action<bool> told)
    {
        long begun = World.Now;
        client.Node.Call(client.Process, new CountdownCommand.Wait(timeout), isRead: false, reply =>
        {
            if (reply.Status == ReplyStatus.TimedOut)
            {
                SimViolation.If(World.Now - begun < timeout.Ticks, "a wait ended before its timeout");
                SimViolation.If(_zeroSince < begun, "somebody waited in vain although the count had been zero before");
                told(false);
                return;
            }

            SimViolation.If(reply.Status != ReplyStatus.Ok, $"a wait ended with {reply.Status}: {reply.Reason}");
            SeeZero("a wait ended");
            told(true);
        });
    }

    private void SeeZero(string how)
    {
        SimViolation.If(_signalsBegun < Least, $"{how} although only {_signalsBegun} of at least {Least} signals were begun");
        _zeroSince = Math.Min(_zeroSince, World.Now);
    }
}
