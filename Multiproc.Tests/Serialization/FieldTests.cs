using System.Runtime.CompilerServices;

namespace Multiproc.Tests.Serialization;

public sealed class FieldTests
{
    private record Person(string Name, int? Age)
    {
        public List<string> Tags { get; init; } = [];
    }

    private sealed record Worker(string Name, int? Age, decimal Wage) : Person(Name, Age);

    private readonly record struct Pair<T>(T Left, T Right);

    private class Base(int secret)
    {
        private readonly int _hidden = secret;

        public int BaseHidden => _hidden;
    }

    private sealed class Derived(int secret, int own) : Base(secret)
    {
        private readonly int _hidden = own;

        [NonSerialized]
        public int Scratch = 5;

        public int OwnHidden => _hidden;
    }

    private unsafe struct Buffers
    {
        public fixed byte Bytes[8];
        public Four Inline;
        public Names Strings;
    }

    [InlineArray(4)]
    private struct Four
    {
        private int _first;
    }

    [InlineArray(2)]
    private struct Names
    {
        private string? _first;
    }

    private sealed class Loud
    {
        public static int Constructions;

        public Loud() => Constructions++;

        public int Value { get; set; } = 3;
    }

    [Fact]
    public void Record_AndItsHeirs_Survive()
    {
        var copy = Wire.RoundTrip<Person>(new Worker("Ada", null, 12.50m) { Tags = { "x" } });
        copy.ShouldBeOfType<Worker>().Wage.ShouldBe(12.50m);
        copy.Name.ShouldBe("Ada");
        copy.Age.ShouldBeNull();
        copy.Tags.ShouldBe(["x"]);
        Wire.RoundTrip(new Pair<string>("l", "r")).ShouldBe(new Pair<string>("l", "r"));
        Wire.RoundTrip<object>(new Pair<int>(1, 2)).ShouldBe(new Pair<int>(1, 2));
        Wire.RoundTrip<Pair<int>?>(new Pair<int>(1, 2)).ShouldBe(new Pair<int>(1, 2));
    }

    [Fact]
    public void Tuple_AnySize_Survives()
    {
        var wide = (1, "2", 3.0, '4', 5m, (byte)6, 7L, 8, "nine");
        Wire.RoundTrip(wide).ShouldBe(wide);
        Wire.RoundTrip(Tuple.Create(1, "two")).ShouldBe(Tuple.Create(1, "two"));
        Wire.RoundTrip(KeyValuePair.Create("k", 1)).ShouldBe(KeyValuePair.Create("k", 1));
        Wire.RoundTrip(ValueTuple.Create()).ShouldBe(default);
        Wire.RoundTrip(new { Name = "anonymous", Value = 1 }).ShouldBe(new { Name = "anonymous", Value = 1 });
    }

    [Fact]
    public void PrivateFields_OfEveryLevel_Survive()
    {
        var copy = Wire.RoundTrip(new Derived(1, 2) { Scratch = 9 });
        copy.BaseHidden.ShouldBe(1);
        copy.OwnHidden.ShouldBe(2);
        copy.Scratch.ShouldBe(0, "[NonSerialized] fields stay at home, and no initializer runs");
    }

    [Fact]
    public void Constructor_OfAPlainClass_IsNotRun()
    {
        var value = new Loud { Value = 4 };
        int before = Loud.Constructions;
        Wire.RoundTrip(value).Value.ShouldBe(4);
        Loud.Constructions.ShouldBe(before);
    }

    [Fact]
    public void Fields_OfATypeUsedOften_SurviveCompiledAsWell()
    {
        for (int i = 0; i < 100; i++)
        {
            Wire.RoundTrip<Person>(new Worker($"w{i}", i, i) { Tags = { "t" } }).ShouldBeOfType<Worker>().Age.ShouldBe(i);
            Wire.RoundTrip(new Derived(i, -i)).OwnHidden.ShouldBe(-i);
            Wire.RoundTrip<object>((i, "text", (int?)i)).ShouldBe((i, "text", (int?)i));
        }
    }

    [Fact]
    public unsafe void InlineBuffers_AllElements_Survive()
    {
        var value = default(Buffers);
        value.Bytes[7] = 77;
        value.Inline[3] = 33;
        value.Strings[1] = "second";
        for (int i = 0; i < 50; i++)
        {
            var copy = Wire.RoundTrip(value);
            copy.Bytes[7].ShouldBe((byte)77);
            copy.Inline[3].ShouldBe(33);
            copy.Strings[1].ShouldBe("second");
        }
    }
}
