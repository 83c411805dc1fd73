using Multiproc.Serialization;

namespace Multiproc.Tests.Managers;

/// <summary>Values of a manager that fit a message one by one and not together: who asks for all is told so, and the manager goes on.</summary>
public sealed class TooLargeSumTests : IDisposable
{
    private const int Limit = 1_000_000;
    private const int Third = 400_000;

    private readonly SyncManager _manager;

    public TooLargeSumTests()
    {
        _manager = new SyncManager();
        BaseManager.Register<ILimited, Limited>(nameof(Limited));
        _manager.Start();
        _manager.CreateAs<ILimited>(nameof(Limited)).Lower(Limit);
    }

    public interface ILimited
    {
        void Lower(int limit);

        List<byte[]> Many();

        IEnumerable<byte[]> Stream();

        int Throw();
    }

    public void Dispose() => _manager.Dispose();

    [Fact]
    public void Collections_ReadAsAWhole_SaySo()
    {
        var list = _manager.List<byte[]>();
        var dictionary = _manager.Dictionary<string, byte[]>();
        var set = _manager.Set<byte[]>();
        for (byte i = 0; i < 3; i++)
        {
            byte[] item = new byte[Third];
            item[0] = i;
            list.Add(item);
            dictionary[$"{i}"] = item;
            set.Add(item);
        }

        Action[] all =
        [
            () => list.GetValue(), () => list[..].Clear(), () => list.GetRange(0, 3), () => list.ToList(), () => dictionary.GetValue(),
            () => dictionary.GetMany(["0", "1", "2"]), () => dictionary.ToList(),
            () => _ = dictionary.Keys, () => set.GetValue(), () => set.ToList(),
        ];
        foreach (var each in all)
        {
            Should.Throw<SerializationException>(each).Message.ShouldContain("together");
        }

        list.GetRange(0, 2).Count.ShouldBe(2);
        list.Count.ShouldBe(3);
        dictionary["1"].Length.ShouldBe(Third);
        dictionary.PopItem().Value.Length.ShouldBe(Third);
        set.Count.ShouldBe(3);
    }

    [Fact]
    public void QueueItems_TooManyForOneMessage_ComeInParts()
    {
        using var queue = _manager.Queue<byte[]>();
        for (int i = 0; i < 6; i++)
        {
            queue.Put(new byte[i % 2 == 0 ? 10 : 2 * Third]);
        }

        int got = 0;
        while (got < 6)
        {
            got += queue.GetMany(6, ManagerFixture.Bound).Length;
        }

        got.ShouldBe(6);
    }

    [Fact]
    public void Calls_WithTooMuch_SaySo()
    {
        var limited = _manager.CreateAs<ILimited>(nameof(Limited));
        Should.Throw<MultiprocException>(() => limited.Many()).Message.ShouldContain("which can have");
        limited.Stream().Select(static item => item.Length).ShouldBe([10, 2 * Third, 10, 2 * Third, 10, 2 * Third]);
        Should.Throw<Exception>(() => limited.Throw()).Message.ShouldContain("InvalidOperationException");
        var dictionary = _manager.Dictionary<string, byte[]>([new("a", [])]);
        Should.Throw<Exception>(() => dictionary.Update("a", static _ => new byte[2 * Limit])).ShouldNotBeOfType<ConnectionLostException>();
        dictionary["a"].ShouldBeEmpty();
    }

    private sealed class Limited : ILimited
    {
        public void Lower(int limit) => WireWriter.LargestMessage = limit;

        public List<byte[]> Many() => [new byte[Third], new byte[Third], new byte[Third]];

        public IEnumerable<byte[]> Stream()
        {
            for (int i = 0; i < 6; i++)
            {
                yield return new byte[i % 2 == 0 ? 10 : 2 * Third];
            }
        }

        public int Throw() => throw new InvalidOperationException(new string('x', 2 * Limit));
    }
}
