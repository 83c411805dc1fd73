using System.Globalization;
using Akka.Actor;
using Multiproc.Actors.Remote;
using Multiproc.Nodes;
using Multiproc.Serialization;
using Multiproc.TestKit;
using Multiproc.Transport.InMemory;

namespace Multiproc.Tests.Actors.Remote;

/// <summary>The parts of the actors' protocol that need no other process, and what malformed frames do to them.</summary>
public sealed class ActorFrameTests
{
    [Fact]
    public void SentPaths_NumberEachActorOnce_AndOnlySoMany()
    {
        using var probe = new ActorProbe();
        var paths = new SentPaths();
        var first = paths.Find(probe.Ref).ShouldNotBeNull();
        paths.Find(probe.Ref).ShouldBeSameAs(first);
        first.IsKnown.ShouldBeFalse();
        first.MarkKnown();
        paths.Find(probe.Ref)!.IsKnown.ShouldBeTrue();
        var others = Enumerable.Range(0, SentPaths.Most).Select(_ => Nobody()).ToList();
        others.Count(other => paths.Find(other) is not null).ShouldBe(SentPaths.Most - 1);
        paths.Find(others[^1]).ShouldBeNull();
    }

    [Fact]
    public void ReceivedPaths_ForgedNumbers_AreMalformed()
    {
        var paths = new ReceivedPaths();
        Should.Throw<SerializationException>(() => paths[0]);
        Should.Throw<SerializationException>(() => paths.Add(SentPaths.Most, Nobody()));
        var actor = Nobody();
        paths.Add(SentPaths.Most - 1, actor);
        paths[SentPaths.Most - 1].ShouldBeSameAs(actor);
        Should.Throw<SerializationException>(() => paths[SentPaths.Most - 2]);
    }

    [Fact]
    public void Parts_InAnyMixture_MakeWholeMessages()
    {
        var random = new Random(3);
        var assembly = new PartAssembly();
        var messages = Enumerable.Range(0, 20).Select(i => Bytes(random, 1 + random.Next(300_000))).ToArray();
        int[] sent = new int[messages.Length];
        var whole = new Dictionary<int, byte[]>();
        while (whole.Count < messages.Length)
        {
            int i = random.Next(messages.Length);
            if (sent[i] == messages[i].Length)
            {
                continue;
            }

            int size = Math.Min(1 + random.Next(50_000), messages[i].Length - sent[i]);
            if (Add(assembly, i, messages[i].Length, messages[i].AsSpan(sent[i], size)) is { } complete)
            {
                whole.Add(i, complete);
            }

            sent[i] += size;
        }

        whole.ShouldAllBe(each => each.Value.SequenceEqual(messages[each.Key]));
    }

    [Fact]
    public void Parts_ThatDoNotFit_AreMalformed_AndReserveNothing()
    {
        var assembly = new PartAssembly();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Add(assembly, 1, int.MaxValue - 100, [1]).ShouldBeNull();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(8 * 1024 * 1024);
        Should.Throw<SerializationException>(() => Add(assembly, 1, 5, [1]));
        Should.Throw<SerializationException>(() => Add(assembly, 2, 2, [1, 2, 3]));
        Should.Throw<SerializationException>(() => Add(assembly, 3, 2, []));
        Should.Throw<SerializationException>(() =>
        {
            for (int i = 10; i < 10 + PartAssembly.Most + 1; i++)
            {
                Add(assembly, i, 10, [1]);
            }
        });
    }

    [Fact]
    public void InboundQueue_FromManyThreads_KeepsTheOrderOfEach()
    {
        var got = new List<byte[]?>();
        int concurrent = 0;
        InboundQueue queue = null!;
        queue = new InboundQueue((_, message, isAgain) =>
        {
            Interlocked.Increment(ref concurrent).ShouldBe(1);
            bool later = !isAgain && message![1] == 7;
            if (later)
            {
                // Given back, and resumed by another thread, before or after this one has returned.
                queue.Pause();
                ThreadPool.QueueUserWorkItem(_ => queue.Resume());
            }
            else
            {
                got.Add(message);
            }

            Interlocked.Decrement(ref concurrent);
            return later ? message : null;
        });
        Parallel.For(0, 4, thread =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                queue.Enqueue(null!, [(byte)thread, .. BitConverter.GetBytes(i)]);
            }
        });
        Await.Until("80,000 messages", () => Volatile.Read(ref got).Count == 80_000);
        foreach (var ofThread in got.GroupBy(static message => message![0]))
        {
            ofThread.Select(static message => BitConverter.ToInt32(message!, 1)).ShouldBe(Enumerable.Range(0, 20_000));
        }
    }

    [Fact]
    public void ForgedFrames_AreMalformed_AndNothingElseHappens()
    {
        var remoting = Node.Current.ActorSystems.Remoting;
        var (ours, theirs) = InMemoryLink.Pair();
        var (peer, other) = (Node.Current.Peers.Join(ours), Node.Current.Peers.Join(theirs));
        peer.Start();
        other.Start();
        peer.AwaitHello(TimeSpan.FromSeconds(30));
        var link = new ActorLink(peer);
        var association = new Association(remoting, new NodeAddress(Guid.NewGuid(), 1, ""));
        using var probe = new ActorProbe();
        byte[] good = Frame(probe.Ref.Path.ToSerializationFormatWithAddress(remoting.DefaultAddress), "a message");
        association.DeliverFrame(link, good, isAgain: false);
        probe.Expect<string>("the message of the good frame").ShouldBe("a message");
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        int count = int.Parse(Environment.GetEnvironmentVariable("MULTIPROC_FUZZ") ?? "30000", CultureInfo.InvariantCulture);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < count; i++)
        {
            byte[] forged = i % 2 == 0 ? Mutated(good, random) : Bytes(random, random.Next(60));
            try
            {
                association.DeliverFrame(link, forged, isAgain: false);
            }
            catch (SerializationException)
            {
                // The defined outcome: the link would be closed.
            }
        }

        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(64 << 20, $"nothing of {count} forged frames is kept (seed {seed})");
        // Some of the forged frames were good ones with another text.
        byte[] last = Frame(probe.Ref.Path.ToSerializationFormatWithAddress(remoting.DefaultAddress), "the last message");
        association.DeliverFrame(new ActorLink(peer), last, isAgain: false);
        Await.Until("the message of a good frame on another link", () => probe.Expect<string>("a message") == "the last message");
        peer.Close();
    }

    private static byte[] Frame(string recipient, string message)
    {
        using var writer = new WireWriter();
        writer.Byte((byte)ActorFrame.Message);
        writer.Int64(0);
        writer.Byte((byte)PathForm.Whole);
        writer.String(recipient);
        writer.Byte((byte)PathForm.None);
        writer.Byte(0);
        Serializer.Serialize<object?>(writer, message);
        return writer.ToArray();
    }

    private static byte[] Mutated(byte[] good, Random random)
    {
        byte[] forged = [.. good];
        for (int left = random.Next(1, 5); left > 0; left--)
        {
            forged[random.Next(forged.Length)] = (byte)random.Next(256);
        }

        return random.Next(4) == 0 ? forged[..random.Next(forged.Length)] : forged;
    }

    private static byte[] Bytes(Random random, int size)
    {
        byte[] bytes = new byte[size];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[]? Add(PartAssembly assembly, long number, int total, ReadOnlySpan<byte> bytes)
    {
        using var writer = new WireWriter();
        writer.VarUInt((ulong)number);
        writer.VarUInt((ulong)total);
        writer.Raw(bytes);
        var reader = new WireReader(writer.Written);
        return assembly.Add(ref reader);
    }

    /// <summary>A reference of its own each time.</summary>
    private static IInternalActorRef Nobody() => new EmptyLocalActorRef(
        ((ExtendedActorSystem)Mp.ActorSystem).Provider, new RootActorPath(new Address("akka", "multiproc")) / "nobody", Mp.ActorSystem.EventStream);
}
