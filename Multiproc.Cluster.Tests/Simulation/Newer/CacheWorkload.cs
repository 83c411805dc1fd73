using System.Buffers.Binary;
using Multiproc.Objects.Caches;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Simulation.Newer;

/// <summary>
/// Keys whose values are made by those who are told to. One living process makes a value at a time, all see the same value of a key, and nobody is told to make
/// one that is there; when a maker dies or fails, another one is told.
/// </summary>
internal sealed class CacheWorkload(ObjectType? type = null) : SimWorkload(type ?? CacheType.Instance, new SharedCacheOptions().Pack())
{
    private const int Keys = 3;

    private readonly Dictionary<long, Client> _makers = [];
    private readonly Dictionary<long, (long Value, long Since)> _values = [];
    private readonly HashSet<(long Key, long Value)> _made = [];
    private long _last;

    public override void Check() => SimViolation.If(_values.Count == 0, "nothing was ever made");

    protected override void Act(Client client, Action next)
    {
        // Other keys each second: else all are there, and nothing is made any more.
        long key = (World.Now / TimeSpan.TicksPerSecond * Keys) + World.Random.Next(Keys);
        long begun = World.Now;
        var timeout = World.Chance(0.3) ? WaitTimeout.OfTicks(World.Random.NextInt64(TimeSpan.TicksPerSecond)) : WaitTimeout.Infinite;
        client.Node.Call(client.Process, new CacheCommand.GetOrClaim(Number(key), timeout), isRead: false, reply =>
        {
            if (reply.Status == ReplyStatus.TimedOut)
            {
                SimViolation.If(World.Now - begun < timeout.Ticks, "a wait ended before its timeout");
                next();
                return;
            }

            SimViolation.If(reply.Status != ReplyStatus.Ok, $"reading ended with {reply.Status}: {reply.Reason}");
            if (reply.Number == 0)
            {
                See(key, BinaryPrimitives.ReadInt64LittleEndian(reply.Value.Bytes.Span));
                next();
                return;
            }

            Make(client, key, reply.Number, begun, next);
        });
    }

    protected override void Drain(Client client, Action done) => client.Node.Call(client.Process, CacheCommand.Look.Instance, isRead: true, reply =>
    {
        SimViolation.If(reply.Number < _values.Count, $"{_values.Count} values were seen, but the cache has {reply.Number}");
        SimViolation.If(reply.Number > _made.Select(static each => each.Key).Distinct().Count(), "the cache has values that nobody made");
        done();
    });

    private void Make(Client client, long key, long claim, long begun, Action next)
    {
        if (!client.MayHaveLost)
        {
            SimViolation.If(
                _values.TryGetValue(key, out var there) && there.Since < begun, $"a process is to make the value of {key}, which was there before it asked");
            SimViolation.If(
                _makers.TryGetValue(key, out var other) && !other.MayHaveLost && !World.TakesLivingForDead, $"two living processes make the value of {key}");
            _makers[key] = client;
        }

        client.MayRest = false;
        World.After(World.Random.NextInt64(TimeSpan.TicksPerMillisecond * 200), () =>
        {
            if (!client.IsAlive)
            {
                return;
            }

            bool fails = World.IsChaos && World.Chance(0.3);
            long value = ++_last;
            if (_makers.GetValueOrDefault(key) == client)
            {
                // It may be there before this one is told so.
                _makers.Remove(key);
            }

            if (!fails)
            {
                _made.Add((key, value));
            }

            CacheCommand command = fails ? new CacheCommand.Fail(claim) : new CacheCommand.Fulfil(claim, Number(value));
            client.Node.Call(client.Process, command, isRead: false, reply =>
            {
                SimViolation.If(reply.Status != ReplyStatus.Ok, $"what was made ended with {reply.Status}: {reply.Reason}");
                if (!fails && !client.MayHaveLost)
                {
                    See(key, value);
                }

                client.MayRest = true;
                next();
            });
        });
    }

    private void See(long key, long value)
    {
        SimViolation.If(!_made.Contains((key, value)), $"{key} has the value {value}, which nobody made for it");
        if (!_values.TryAdd(key, (value, World.Now)))
        {
            SimViolation.If(_values[key].Value != value, $"{key} had the value {_values[key].Value}, and has {value} now");
        }
    }

    private static Payload Number(long number)
    {
        byte[] bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return new Payload(bytes);
    }
}
