using Multiproc.Tests.Support;

namespace Multiproc.Tests.SharedMemory;

/// <summary>A typecode, alone or with a value, means what it means in Python, or it does not compile; it is never the value itself.</summary>
public sealed class TypecodeMeaningTests
{
    public static TheoryData<char, Type> Typecodes => new()
    {
        { 'c', typeof(byte) }, { 'b', typeof(sbyte) }, { 'B', typeof(byte) }, { 'u', typeof(char) }, { 'h', typeof(short) }, { 'H', typeof(ushort) },
        { 'i', typeof(int) }, { 'I', typeof(uint) }, { 'l', typeof(long) }, { 'L', typeof(ulong) }, { 'q', typeof(long) }, { 'Q', typeof(ulong) },
        { 'f', typeof(float) }, { 'd', typeof(double) }, { '?', typeof(bool) },
    };

    public static TheoryData<char, object, object> Conversions => new()
    {
        { 'i', 5L, 5 }, { 'i', 1L << 40, 0 }, { 'i', true, 1 }, { 'B', -1, (byte)255 }, { 'b', 200, (sbyte)-56 }, { 'H', 65_537, (ushort)1 },
        { 'Q', -1, ulong.MaxValue },
        { 'L', ulong.MaxValue, ulong.MaxValue }, { 'd', 1, 1.0 }, { 'f', 0.5, 0.5f }, { '?', 2, true }, { '?', 0, false }, { 'u', "x", 'x' }, { 'u', 'y', 'y' },
        { 'h', (byte)7, (short)7 },
    };

    [Theory]
    [MemberData(nameof(Typecodes))]
    public void Typecode_Alone_IsAZeroOfItsType(char typecode, Type type)
    {
        using var value = Mp.Value(typecode);
        using var unlocked = Mp.Value(typecode, @lock: false);
        using var raw = Mp.RawValue(typecode);
        using var array = Mp.Array(typecode, 2);
        using var rawArray = Mp.RawArray(typecode, 2);
        SharedValue[] all = [value, unlocked, raw];
        all.ShouldAllBe(each => each.ValueType == type);
        all.ShouldAllBe(each => Content(each).Equals(Activator.CreateInstance(type)));
        new[] { value.HasLock, unlocked.HasLock, raw.HasLock }.ShouldBe([true, false, false]);
        new[] { array.ElementType, rawArray.ElementType }.ShouldBe([type, type]);
    }

    [Theory]
    [MemberData(nameof(Conversions))]
    public void Typecode_WithABoxedValue_IsMadeAsCtypesMakesIt(char typecode, object given, object expected)
    {
        using var value = Mp.Value(typecode, given);
        Content(value).ShouldBe(expected);
    }

    [Fact]
    public void Typecode_WithAValue_IsThatValue()
    {
        using var truth = Mp.Value('?', true);
        using var untruth = Mp.Value('?', false);
        using var unlocked = Mp.Value('?', true, @lock: false);
        using var raw = Mp.RawValue('?', true);
        using var gate = Mp.Lock();
        using var locked = Mp.Value('i', gate);
        using var named = Mp.Value('i', @lock: gate);
        using var numbers = Mp.Array('i', [1, 2, 3]);
        using var letter = Mp.Value('u', 'i');
        using var typed = Mp.Value<char>('i');
        (truth.Value, untruth.Value, unlocked.Value, raw.Value).ShouldBe((true, false, true, true));
        (truth.HasLock, unlocked.HasLock).ShouldBe((true, false));
        (locked.As<int>().Value, named.As<int>().Value).ShouldBe((0, 0));
        locked.GetLock().ShouldBeSameAs(gate);
        numbers.ToArray().ShouldBe([1, 2, 3]);
        (letter.Value, typed.Value).ShouldBe(('i', 'i'));
    }

    [Fact]
    public void Typecode_OfAnotherType_IsRefused()
    {
        Should.Throw<ArgumentException>(() => Mp.Value('i', true)).Message.ShouldContain("System.Int32");
        Should.Throw<ArgumentException>(() => Mp.Value('x')).Message.ShouldContain("Mp.Value<char>('x')");
        Should.Throw<ArgumentException>(() => Mp.RawValue('x')).Message.ShouldContain("'x' is not a typecode");
        Should.Throw<ArgumentException>(() => Mp.Value('i', (object)1.5)).Message.ShouldContain("System.Double");
        Should.Throw<InvalidCastException>(() => Mp.RawValue('i').As<long>()).Message.ShouldContain("System.Int32");
    }

    [Fact]
    public void Typecode_ForAManagersValue_IsCheckedAndNotTheValue()
    {
        using var manager = Mp.Manager();
        manager.Value('?', true).Value.ShouldBeTrue();
        manager.Value('d', 1.5).Value.ShouldBe(1.5);
        manager.Value<char>('x').Value.ShouldBe('x');
        manager.Array('i', [1, 2]).ShouldBe([1, 2]);
        Should.Throw<ArgumentException>(() => manager.Value('d', 1));
        Should.Throw<ArgumentException>(() => manager.Array('d', [1, 2]));
    }

    [Fact]
    public void Typecode_ValueReceivedByAChild_KeepsItsType()
    {
        using var value = Mp.Value('i');
        InChild.Run(() => value.As<int>().Increment());
        value.As<int>().Value.ShouldBe(1);
    }

    [Theory]
    [InlineData("Mp.Array<int>('i');")]
    [InlineData("Mp.Array<int>('i', false);")]
    [InlineData("Mp.Array<int>('i', gate);")]
    [InlineData("Mp.RawArray<int>('i');")]
    [InlineData("Mp.GetContext(StartMethod.Spawn).Array<int>('i');")]
    [InlineData("Mp.GetContext(StartMethod.Spawn).RawArray<int>('i');")]
    [InlineData("Mp.Array('i');")]
    [InlineData("manager.Value('i');")]
    [InlineData("manager.Array<int>('i');")]
    [InlineData("SharedValue<char> value = Mp.Value('i');")]
    public void Typecode_ThatWouldBeTakenForAValue_DoesNotCompile(string line) => Compiled.ErrorsOf(line).ShouldNotBeEmpty();

    [Theory]
    [InlineData("SharedValue<bool> value = Mp.Value('?', true);")]
    [InlineData("SharedValue<bool> value = Mp.GetContext(StartMethod.Spawn).Value('?', true);")]
    [InlineData("SharedValue value = Mp.Value('i');")]
    [InlineData("SharedValue value = Mp.RawValue('d');")]
    [InlineData("SharedValue<int> value = Mp.Value('i', 5);")]
    [InlineData("SharedArray<int> array = Mp.Array('i', [1, 2, 3]);")]
    [InlineData("SharedArray<double> array = Mp.Array<double>('d', 3);")]
    [InlineData("SharedArray array = Mp.Array('d', 3);")]
    [InlineData("SharedValue<char> value = Mp.Value<char>('x');")]
    [InlineData("ValueProxy<bool> value = manager.Value('?', true);")]
    [InlineData("end.SendBytes([1, 2, 3]);")]
    public void Typecode_WithWhatItNeeds_Compiles(string line) => Compiled.ErrorsOf(line).ShouldBeEmpty();

    private static object Content(SharedValue value) => value.GetType().GetProperty("Value")!.GetValue(value)!;
}
