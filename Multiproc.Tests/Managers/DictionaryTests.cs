namespace Multiproc.Tests.Managers;

/// <summary>A dictionary in a manager's process. Numbers in comments are those of the conformance list.</summary>
public sealed class DictionaryTests(ManagerFixture fixture) : IClassFixture<ManagerFixture>
{
    private readonly SyncManager _manager = fixture.Manager;

    [Fact]
    public void Entries_KeepTheOrderOfInsertion()
    {
        // T-06, T-07
        var dictionary = _manager.Dictionary<string, int>();
        dictionary.Count.ShouldBe(0);
        dictionary.ShouldBeEmpty();
        dictionary["b"] = 1;
        dictionary.Add("a", 2);
        dictionary["c"] = 3;
        dictionary["b"] = 4;
        dictionary.Count.ShouldBe(3);
        dictionary.Keys.ShouldBe(["b", "a", "c"]);
        dictionary.Values.ShouldBe([4, 2, 3]);
        dictionary.ShouldBe([new("b", 4), new("a", 2), new("c", 3)]);
        dictionary.Remove("b", out int removed).ShouldBeTrue();
        removed.ShouldBe(4);
        dictionary.Remove("b").ShouldBeFalse();
        dictionary["b"] = 5;
        dictionary.Keys.ShouldBe(["a", "c", "b"]);
        dictionary.ContainsKey("a").ShouldBeTrue();
        dictionary.Clear();
        dictionary.Count.ShouldBe(0);
        dictionary.ContainsKey("a").ShouldBeFalse();
    }

    [Fact]
    public async Task MissingKey_IsNamed()
    {
        // T-10
        var dictionary = _manager.Dictionary<string, int>();
        Should.Throw<KeyNotFoundException>(() => dictionary["nowhere"]).Message.ShouldContain("'nowhere'");
        Should.Throw<KeyNotFoundException>(() => dictionary.Update("nowhere", static x => x)).Message.ShouldContain("'nowhere'");
        (await Should.ThrowAsync<KeyNotFoundException>(async () => await dictionary.GetAsync("nowhere"))).Message.ShouldContain("'nowhere'");
        dictionary.TryGetValue("nowhere", out _).ShouldBeFalse();
        dictionary.Add("there", 1);
        Should.Throw<ArgumentException>(() => dictionary.Add("there", 2)).Message.ShouldContain("'there'");
        dictionary["there"].ShouldBe(1);
    }

    [Fact]
    public async Task AtomicSteps_DoWhatTheySay()
    {
        var dictionary = _manager.Dictionary<string, long>();
        dictionary.GetOrAdd("a", 5).ShouldBe(5);
        dictionary.GetOrAdd("a", 6).ShouldBe(5);
        dictionary.TryAdd("a", 7).ShouldBeFalse();
        dictionary.TryAdd("b", 7).ShouldBeTrue();
        dictionary.AddOrUpdate("c", 1, static x => x * 10).ShouldBe(1);
        dictionary.AddOrUpdate("c", 1, static x => x * 10).ShouldBe(10);
        dictionary.Update("c", static x => x + 1).ShouldBe(11);
        dictionary.CompareAndSet("c", 10, 0).ShouldBeFalse();
        dictionary.CompareAndSet("c", 11, 12).ShouldBeTrue();
        dictionary.CompareAndSet("d", 0, 1).ShouldBeFalse();
        dictionary.Increment("c").ShouldBe(13);
        dictionary.Increment("new", -4).ShouldBe(-4);
        dictionary.IncrementMany([new("x", 2), new("y", 3), new("x", 4)]).ShouldBe(6);
        await dictionary.SetAsync("z", 1);
        (await dictionary.GetAsync("z")).ShouldBe(1);
        dictionary.ShouldBe([new("a", 5), new("b", 7), new("c", 13), new("new", -4), new("x", 6), new("y", 3), new("z", 1)]);
    }

    [Fact]
    public void Increment_OfWhatIsNoNumber_IsRefused() =>
        Should.Throw<InvalidOperationException>(() => _manager.Dictionary<string, double>().Increment("a")).Message.ShouldContain("cannot increment");

    [Fact]
    public void Update_ThatThrows_ChangesNothing()
    {
        var dictionary = _manager.Dictionary<string, int>();
        dictionary["a"] = 1;
        Should.Throw<FormatException>(() => dictionary.Update("a", static _ => throw new FormatException()));
        dictionary["a"].ShouldBe(1);
    }

    [Fact]
    public void Update_WhenSomebodyElseWasFaster_IsTriedAgain()
    {
        var dictionary = _manager.Dictionary<string, int>();
        dictionary["a"] = 1;
        int calls = 0;
        dictionary.Update("a", x =>
        {
            if (calls++ == 0)
            {
                dictionary["a"] = 100;
            }

            return x + 1;
        }).ShouldBe(101);
        calls.ShouldBe(2);
    }

    [Fact]
    public void Value_IsACopy_AndUpdateWritesBack()
    {
        var dictionary = _manager.Dictionary<string, List<int>>();
        dictionary["a"] = [1];
        dictionary["a"].Add(2);
        dictionary["a"].ShouldBe([1]);
        dictionary.Update("a", static list => [.. list, 2]).ShouldBe([1, 2]);
        dictionary["a"].ShouldBe([1, 2]);
    }

    [Fact]
    public void Keys_OfManyTypes_AreEqualByWhatTheyHold()
    {
        Found(1, 1, 2);
        Found(long.MaxValue, long.MaxValue, 0);
        Found("äß€", string.Concat("ä", "ß€"), "");
        Found((1, "a"), (1, "a"), (2, "a"));
        Found(new Key("a", 1), new Key("a", 1), new Key("a", 2));
        Found(DayOfWeek.Friday, DayOfWeek.Friday, DayOfWeek.Monday);
        Found(Guid.Empty, default, Guid.NewGuid());
        Found(true, true, false);

        void Found<TKey>(TKey key, TKey equal, TKey other)
            where TKey : notnull
        {
            var dictionary = _manager.Dictionary<TKey, string>();
            dictionary[key] = "it";
            dictionary[equal].ShouldBe("it");
            dictionary.ContainsKey(other).ShouldBeFalse();
            dictionary.Keys.Single().ShouldBe(key);
        }
    }

    [Fact]
    public void Enumeration_OfMoreThanAPage_GivesAllWhileOthersWrite()
    {
        var dictionary = _manager.Dictionary<int, int>();
        dictionary.IncrementMany(Enumerable.Range(0, 1500).Select(static i => new KeyValuePair<int, long>(i, i)));
        var seen = new List<int>();
        foreach (var (key, value) in dictionary)
        {
            value.ShouldBe(key);
            seen.Add(key);
            if (key == 10)
            {
                dictionary.Remove(5);
                dictionary.Remove(1200);
                dictionary[5000] = 5000;
            }
        }

        seen.ShouldBe(Enumerable.Range(0, 1500).Where(static i => i != 1200).Append(5000));
    }

    [Fact]
    public void UnsendableValueOrKey_FailsHereAndChangesNothing()
    {
        // M-19: what the serializer refuses is an error of the caller, whose connection stays usable
        var dictionary = _manager.Dictionary<string, object>();
        using var handle = new ManualResetEvent(initialState: false);
        Should.Throw<SerializationException>(() => dictionary["a"] = (1, handle)).Message.ShouldContain("ManualResetEvent");
        dictionary.ContainsKey("a").ShouldBeFalse();
        var byHandle = _manager.Dictionary<WaitHandle, int>();
        Should.Throw<SerializationException>(() => byHandle.Add(handle, 1)).Message.ShouldContain("cannot send");
        dictionary["a"] = 1;
        dictionary["a"].ShouldBe(1);
    }

    [Fact]
    public void LargeValue_ArrivesWhole()
    {
        var dictionary = _manager.Dictionary<string, byte[]>();
        byte[] large = new byte[5_000_000];
        new Random(7).NextBytes(large);
        dictionary["large"] = large;
        dictionary["large"].AsSpan().SequenceEqual(large).ShouldBeTrue();
    }

    private sealed record Key(string Name, int Number);
}
