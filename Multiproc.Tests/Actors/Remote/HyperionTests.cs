using System.Collections.Immutable;
using Akka.Actor;
using Multiproc.Actors.Remote;

namespace Multiproc.Tests.Actors.Remote;

/// <summary>Messages that a program binds to Hyperion: what they may contain, and what is refused.</summary>
public sealed class HyperionTests
{
    private readonly HyperionMessages _hyperion = new((ExtendedActorSystem)Mp.ActorSystem);

    [Fact]
    public void Records_ComeBackEqual()
    {
        var sent = new Order(7, "seven", [1, 2, 3], ImmutableDictionary<string, int>.Empty.Add("a", 1), DateTimeOffset.UnixEpoch, Kind.Second);
        var back = RoundTrip(sent);
        back.ShouldBeEquivalentTo(sent);
    }

    [Fact]
    public void Facades_ArriveAsTheSameObjects()
    {
        using var queue = Mp.Queue<int>();
        var back = RoundTrip(new WithQueue("jobs", queue));
        back.Queue.Put(5);
        queue.Get(TimeSpan.FromSeconds(30)).ShouldBe(5);
    }

    [Fact]
    public void References_ArriveAsTheSameActors()
    {
        using var probe = new ActorProbe();
        var back = Transported(new WithActor(probe.Ref));
        back.Actor.Tell("through Hyperion");
        probe.Expect<string>("the message").ShouldBe("through Hyperion");
    }

    [Fact]
    public void Unsendable_IsRefusedByTheSender()
    {
        Should.Throw<Exception>(() => _hyperion.ToBinary(new WithStream(Stream.Null))).GetBaseException().Message.ShouldContain("NullStream");
    }

    [Theory]
    [InlineData(typeof(System.Diagnostics.Process))]
    [InlineData(typeof(FileInfo))]
    [InlineData(typeof(System.Diagnostics.ProcessStartInfo))]
    [InlineData(typeof(List<FileInfo>))]
    [InlineData(typeof(Thread))]
    public void TypesThatOurSerializerRefuses_AreNotMade(Type type) => HyperionTypes.Instance.IsAllowed(ShortName(type)).ShouldBeFalse();

    [Theory]
    [InlineData(typeof(Order))]
    [InlineData(typeof(List<Order>))]
    [InlineData(typeof(Dictionary<string, int[]>))]
    [InlineData(typeof(InvalidOperationException))]
    public void TypesThatOurSerializerSends_AreMade(Type type) => HyperionTypes.Instance.IsAllowed(ShortName(type)).ShouldBeTrue();

    [Fact]
    public void TypeOfAnAssemblyThatTheAppDoesNotHave_IsNotMade() => HyperionTypes.Instance.IsAllowed("Evil.Gadget, Evil").ShouldBeFalse();

    [Fact]
    public void ForgedBytes_AreATypedError()
    {
        byte[] good = _hyperion.ToBinary(new Order(1, "x", [], ImmutableDictionary<string, int>.Empty, default, Kind.First));
        var random = new Random(4);
        for (int i = 0; i < 500; i++)
        {
            byte[] forged = [.. good];
            forged[random.Next(forged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                _hyperion.FromBinary(forged, typeof(Order));
            }
            catch (Exception refused)
            {
                refused.ShouldNotBeOfType<OutOfMemoryException>();
            }
        }
    }

    private static string ShortName(Type type) => type.AssemblyQualifiedName!;

    private T RoundTrip<T>(T sent) => (T)_hyperion.FromBinary(_hyperion.ToBinary(sent!), typeof(T));

    /// <summary>With the address by which another process would reach this one.</summary>
    private T Transported<T>(T sent)
    {
        var system = (ExtendedActorSystem)Mp.ActorSystem;
        byte[] bytes = Akka.Serialization.Serialization.WithTransport(system, () => _hyperion.ToBinary(sent!));
        return (T)_hyperion.FromBinary(bytes, typeof(T));
    }

    internal enum Kind
    {
        First,
        Second,
    }

    internal sealed record Order(int Id, string Name, List<int> Lines, ImmutableDictionary<string, int> Tags, DateTimeOffset At, Kind Kind);

    internal sealed record WithQueue(string Name, SharedQueue<int> Queue);

    internal sealed record WithActor(IActorRef Actor);

    internal sealed record WithStream(Stream Content);
}
