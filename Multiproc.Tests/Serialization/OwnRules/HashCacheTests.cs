using System.Collections;

namespace Multiproc.Tests.Serialization.OwnRules;

/// <summary>Hash codes of strings differ in each process: an object that keeps one in a field must not arrive with it.</summary>
public sealed class HashCacheTests
{
    private sealed class Lazily(string name)
    {
        private int _hash;

        public string Name { get; } = name;

        public int Kept => _hash;

        public override bool Equals(object? obj) => obj is Lazily other && other.Name == Name;

        public override int GetHashCode() => _hash != 0 ? _hash : _hash = Name.GetHashCode(StringComparison.Ordinal);
    }

    private sealed class LazilyGeneric<T>(T name)
        where T : notnull
    {
        private int? _hashCode;

        public int? Kept => _hashCode;

        public override bool Equals(object? obj) => obj is LazilyGeneric<T> other && other._hashCode == _hashCode;

        public override int GetHashCode() => _hashCode ??= name.GetHashCode();
    }

    private sealed class Eagerly(string name)
    {
        private readonly int _hash = name.GetHashCode(StringComparison.Ordinal);

        public override bool Equals(object? obj) => obj is Eagerly other && other._hash == _hash;

        public override int GetHashCode() => _hash;
    }

    private sealed class Table : IEnumerable<string>
    {
        private readonly Entry[] _entries = [new() { HashCode = "a".GetHashCode(StringComparison.Ordinal), Key = "a" }];

        public IEnumerator<string> GetEnumerator() => _entries.Select(entry => entry.Key).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        private struct Entry
        {
            public int HashCode;
            public string Key;
        }
    }

    private sealed class Download
    {
        public int FileHash;

        public int Hash { get; init; }
    }

    [Fact]
    public void HashCode_KeptByGetHashCode_IsMadeAnew()
    {
        var value = new Lazily("a");
        value.GetHashCode().ShouldBe(value.Kept);
        Wire.RoundTrip(value).Kept.ShouldBe(0);
        Wire.RoundTrip(new HashSet<Lazily> { value }).Contains(new Lazily("a")).ShouldBeTrue();
        var generic = new LazilyGeneric<string>("a");
        generic.GetHashCode().ShouldBe(generic.Kept!.Value);
        Wire.RoundTrip(generic).Kept.ShouldBeNull();
    }

    [Fact]
    public void HashCode_KeptByAConstructor_IsRefused() => Wire.RefusalOf(new object[] { new Eagerly("a") }).ShouldEndWith(
        "element 0 → field '_hash' is a hash code that was made in this process, and differs in each: mark it [NonSerialized] and make it anew when it is "
            + "asked for, or configure a Reducer");

    [Fact]
    public void HashCode_InATable_IsRefused()
    {
        for (int i = 0; i < 50; i++)
        {
            Wire.RefusalOf(new Table()).ShouldEndWith(
                "field '_entries' → element 0 → field 'HashCode' is a hash code in a table of this process, and differs in each: send the items in an "
                    + "array, or configure a Reducer for the collection");
        }
    }

    [Fact]
    public void Hash_OfAFile_IsData()
    {
        var copy = Wire.RoundTrip(new Download { Hash = 4, FileHash = 5 });
        copy.Hash.ShouldBe(4);
        copy.FileHash.ShouldBe(5);
    }
}
