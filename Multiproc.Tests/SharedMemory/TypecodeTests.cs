using Multiproc.Tests.Support;

namespace Multiproc.Tests.SharedMemory;

/// <summary>Python's typecodes (V-09), and <see cref="SharedTypes"/> (V-12, V-13).</summary>
public sealed class TypecodeTests
{
    [Theory]
    [InlineData('c', typeof(byte))]
    [InlineData('u', typeof(char))]
    [InlineData('b', typeof(sbyte))]
    [InlineData('B', typeof(byte))]
    [InlineData('h', typeof(short))]
    [InlineData('H', typeof(ushort))]
    [InlineData('i', typeof(int))]
    [InlineData('I', typeof(uint))]
    [InlineData('l', typeof(long))]
    [InlineData('L', typeof(ulong))]
    [InlineData('q', typeof(long))]
    [InlineData('Q', typeof(ulong))]
    [InlineData('f', typeof(float))]
    [InlineData('d', typeof(double))]
    [InlineData('?', typeof(bool))]
    public void Array_OfATypecode_HasItsType(char typecode, Type type)
    {
        // V-09
        using var array = Mp.Array(typecode, 3);
        array.ElementType.ShouldBe(type);
        array.Length.ShouldBe(3);
        array.HasLock.ShouldBeTrue();
        using var raw = Mp.RawArray(typecode, 3);
        raw.ElementType.ShouldBe(type);
        raw.HasLock.ShouldBeFalse();
    }

    [Fact]
    public void Typecode_OfAnotherTypeOrUnknown_IsAClearError()
    {
        Should.Throw<ArgumentException>(() => Mp.Value('d', 0)).Message.ShouldContain("System.Double, but System.Int32 was given");
        Should.Throw<ArgumentException>(() => Mp.Array('d', [1, 2])).Message.ShouldContain("write the value as a Double");
        Should.Throw<ArgumentException>(() => Mp.Array<long>('i', 4));
        Should.Throw<ArgumentException>(() => Mp.RawValue('x', 1)).Message.ShouldContain("'x' is not a typecode");
        Should.Throw<ArgumentException>(() => Mp.Array('z', 4)).Message.ShouldContain("The typecodes are");
        using var array = Mp.Array('i', 4);
        Should.Throw<InvalidCastException>(() => array.As<double>()).Message.ShouldContain("System.Int32");
        array.As<int>().ShouldBeSameAs(array);
    }

    [Fact]
    public void Copy_OfValueAndArray_IsIndependent()
    {
        // V-12
        using var value = Mp.Value((1, 2.5, 3L));
        using var valueCopy = SharedTypes.Copy(value);
        using var array = Mp.Array([1, 2, 3]);
        using var arrayCopy = SharedTypes.Copy(array);
        value.Value = default;
        array.Span.Clear();
        valueCopy.Value.ShouldBe((1, 2.5, 3L));
        arrayCopy.ToArray().ShouldBe([1, 2, 3]);
        valueCopy.HasLock.ShouldBeFalse();
    }

    [Fact]
    public void Synchronized_RawOnes_AreTheSameMemoryWithALock()
    {
        // V-13
        using var gate = Mp.Lock();
        var raw = Mp.RawValue(5);
        using var value = SharedTypes.Synchronized(raw, gate);
        value.GetLock().ShouldBeSameAs(gate);
        raw.Value = 6;
        value.Value.ShouldBe(6);
        using var rawArray = Mp.RawArray<byte>("text"u8);
        using var array = SharedTypes.Synchronized(rawArray);
        array.GetLock().ShouldBeOfType<SharedRLock>();
        array.GetText().ShouldBe("text");
        Should.Throw<InvalidOperationException>(() => SharedTypes.Synchronized(value)).Message.ShouldContain("has a lock already");
        Should.Throw<InvalidOperationException>(() => SharedTypes.Synchronized(array));
        raw.Dispose();
        Should.Throw<ObjectDisposedException>(() => value.Value, "one ends the other, also what it remembers of the memory");
        Should.Throw<ObjectDisposedException>(() => SharedTypes.Synchronized(raw));
    }

    [Fact]
    public void Synchronized_Sent_BringsItsLock()
    {
        // V-14: and, unlike Python's, at any time.
        using var value = Mp.Value(1.5);
        using var queue = Mp.Queue<SharedValue<double>>();
        queue.Put(value);
        using var back = queue.Get();
        using (back.Hold())
        {
            back.Value = 2.5;
            bool taken = true;
            OwnThread.Run(() => taken = value.GetLock().Acquire(TimeSpan.Zero)).WaitAsync(InChild.Bound).GetAwaiter().GetResult();
            taken.ShouldBeFalse("another thread sees that the lock that came along is held");
        }

        value.Value.ShouldBe(2.5);
    }
}
