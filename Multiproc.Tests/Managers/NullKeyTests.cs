using Multiproc.Objects.Dictionaries;
using Multiproc.Serialization;

#nullable disable

namespace Multiproc.Tests.Managers;

/// <summary>A null key would break every copy of a dictionary for everybody: it is refused where it is written, and again by the manager.</summary>
public sealed class NullKeyTests(ManagerFixture fixture) : IClassFixture<ManagerFixture>
{
    private static readonly KeyValuePair<string, int>[] s_entries = [new("b", 2), new(null, 1)];
    private static readonly KeyValuePair<string, long>[] s_amounts = [new("b", 2), new(null, 1)];

    private static readonly (string Name, Func<DictionaryProxy<string, int>, Task> Write)[] s_writes =
    [
        ("indexer", static d => Now(() => d[null] = 1)),
        ("read", static d => Now(() => _ = d[null])),
        ("Add", static d => Now(() => d.Add(null, 1))),
        ("ICollection.Add", static d => Now(() => ((ICollection<KeyValuePair<string, int>>)d).Add(new(null, 1)))),
        ("AddAsync", static async d => await d.AddAsync(null, 1)),
        ("TryAdd", static d => Now(() => d.TryAdd(null, 1))),
        ("TryAddAsync", static async d => await d.TryAddAsync(null, 1)),
        ("SetAsync", static async d => await d.SetAsync(null, 1)),
        ("GetAsync", static async d => await d.GetAsync(null)),
        ("TryGetValue", static d => Now(() => d.TryGetValue(null, out _))),
        ("ContainsKey", static d => Now(() => d.ContainsKey(null))),
        ("Remove", static d => Now(() => d.Remove(null))),
        ("RemoveAsync", static async d => await d.RemoveAsync(null)),
        ("Pop", static d => Now(() => d.Pop(null))),
        ("GetOrAdd", static d => Now(() => d.GetOrAdd(null, 1))),
        ("GetOrAddAsync", static async d => await d.GetOrAddAsync(null, 1)),
        ("SetDefault", static d => Now(() => d.SetDefault(null, 1))),
        ("CompareAndSet", static d => Now(() => d.CompareAndSet(null, 1, 2))),
        ("CompareAndSetAsync", static async d => await d.CompareAndSetAsync(null, 1, 2)),
        ("Increment", static d => Now(() => d.Increment(null))),
        ("IncrementAsync", static async d => await d.IncrementAsync(null)),
        ("IncrementMany", static d => Now(() => d.IncrementMany(s_amounts))),
        ("IncrementManyAsync", static async d => await d.IncrementManyAsync(s_amounts)),
        ("TryIncrementMany by its mark", static d => Now(() => d.TryIncrementMany(null, [new("b", 1)]))),
        ("TryIncrementManyAsync", static async d => await d.TryIncrementManyAsync("mark", s_amounts)),
        ("SetMany", static d => Now(() => d.SetMany(s_entries))),
        ("SetManyAsync", static async d => await d.SetManyAsync(s_entries)),
        ("GetMany", static d => Now(() => d.GetMany([null]))),
        ("GetManyAsync", static async d => await d.GetManyAsync([null])),
        ("Update", static d => Now(() => d.Update(null, static x => x))),
        ("UpdateAsync", static async d => await d.UpdateAsync(null, static x => x)),
        ("AddOrUpdate", static d => Now(() => d.AddOrUpdate(null, 1, static x => x))),
        ("AddOrUpdateAsync", static async d => await d.AddOrUpdateAsync(null, 1, static x => x)),
        ("Transact", static d => Now(() => d.Transact(static entries => entries[null] = 1))),
        ("Transact, removing", static d => Now(() => d.Transact(static entries => entries.Remove(null)))),
        ("TransactAsync", static async d => await d.TransactAsync(static async entries => await entries.GetAsync(null))),
    ];

    public static TheoryData<string> Names => [.. s_writes.Select(static each => each.Name)];

    private SyncManager Manager => fixture.Manager;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task NullKey_GivenToADictionary_IsRefusedAndNothingIsWritten(string name)
    {
        var dictionary = Manager.Dictionary<string, int>([new("a", 1)]);
        await Should.ThrowAsync<ArgumentNullException>(() => s_writes.First(each => each.Name == name).Write(dictionary));
        dictionary.GetValue().ShouldBe(new Dictionary<string, int> { ["a"] = 1 });
    }

    [Fact]
    public void NullKey_OfANewDictionaryOrANullableType_IsRefused()
    {
        Should.Throw<ArgumentNullException>(() => Manager.Dictionary(s_entries));
        var nullable = Manager.Dictionary<int?, int>();
        Should.Throw<ArgumentNullException>(() => nullable[null] = 1);
        nullable[0] = 1;
        nullable.GetValue().Keys.ShouldBe([0]);
    }

    [Fact]
    public void NullName_OfANamespaceOrAType_IsRefused()
    {
        var space = Manager.Namespace();
        Should.Throw<ArgumentNullException>(() => space[null] = 1);
        Should.Throw<ArgumentNullException>(() => space.Set(null, 1));
        Should.Throw<ArgumentNullException>(() => Manager.Namespace([new(null, 1)]));
        Should.Throw<ArgumentNullException>(() => Manager.Create((string)null));
        Should.Throw<ArgumentNullException>(() => BaseManager.Register(null));
        space.GetValue().ShouldBeEmpty();
    }

    [Fact]
    public void NullItem_OfASetOrAList_IsAnItem()
    {
        var set = Manager.Set<string>([null, "a"]);
        set.Add(null).ShouldBeFalse();
        set.GetValue().ShouldBe([null, "a"]);
        set.ToString().ShouldBe("{null, \"a\"}");
        Manager.List<string>([null]).GetValue().ShouldBe([null]);
        Manager.Value<string>(null).Value.ShouldBeNull();
    }

    [Theory]
    [InlineData("set")]
    [InlineData("add")]
    [InlineData("swap")]
    [InlineData("increment")]
    [InlineData("once")]
    [InlineData("commit")]
    public void NullKey_SentPastTheProxy_IsRefusedByTheManager(string command)
    {
        var dictionary = Manager.Dictionary<string, int>([new("a", 1)]);
        var key = Serializer.Pack<string>(null);
        var one = Serializer.Pack(1);
        var increment = new DictionaryCommand.Increment([(key, 1)]);
        DictionaryCommand sent = command switch
        {
            "set" => new DictionaryCommand.Set(key, one),
            "add" => new DictionaryCommand.TryAdd(key, one),
            "swap" => new DictionaryCommand.CompareAndSet(key, -1, one),
            "increment" => increment,
            "once" => new DictionaryCommand.IncrementOnce(Serializer.Pack("mark"), increment),
            _ => new DictionaryCommand.Commit([], [(Serializer.Pack("b"), one), (key, one)]),
        };
        var reply = dictionary.Handle.Ask(sent, default);
        reply.Status.ShouldBe(Multiproc.States.ReplyStatus.Refused);
        reply.Reason.ShouldContain("null");
        dictionary.GetValue().ShouldBe(new Dictionary<string, int> { ["a"] = 1 });
    }

    [Fact]
    public void ZeroKey_OfNumbers_IsNoNull()
    {
        var numbers = Manager.Dictionary<int, string>();
        numbers[0] = "zero";
        numbers.GetValue().ShouldBe(new Dictionary<int, string> { [0] = "zero" });
    }

    private static Task Now(Action write)
    {
        write();
        return Task.CompletedTask;
    }
}
