using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

namespace Multiproc.Tests.Serialization.DotNet;

/// <summary>The default of a struct is not the same as an empty one.</summary>
public sealed class DefaultTests
{
    private static void IsDefault<T>(Func<T, bool>? isDefault = null)
        where T : struct
    {
        Check(Wire.RoundTrip(default(T)));
        Check(Wire.RoundTrip(new T[1])[0]);
        Check(Wire.RoundTrip<object>(default(T)).ShouldBeOfType<T>());
        Check(Wire.RoundTrip((1, default(T))).Item2);
        Check(Wire.RoundTrip<T?>(default(T)).ShouldNotBeNull());

        void Check(T copy)
        {
            if (isDefault is null)
            {
                copy.ShouldBe(default);
            }
            else
            {
                isDefault(copy).ShouldBeTrue(typeof(T).ToString());
            }
        }
    }

    [Fact]
    public void Default_OfEachStruct_ArrivesAsDefault()
    {
        IsDefault<Memory<int>>(static c => c.Equals(default));
        IsDefault<ReadOnlyMemory<int>>(static c => c.Equals(default));
        IsDefault<ReadOnlyMemory<char>>(static c => c.Equals(default));
        IsDefault<Memory<string>>(static c => c.Equals(default));
        IsDefault<ArraySegment<int>>(static c => c.Array is null);
        IsDefault<ArraySegment<string>>(static c => c.Array is null);
        IsDefault<ImmutableArray<int>>(static c => c.IsDefault);
        IsDefault<ImmutableArray<string>>(static c => c.IsDefault);
        IsDefault<ReadOnlySequence<byte>>(static c => c.Start.GetObject() is null && c.IsEmpty);
        IsDefault<JsonElement>(static c => c.ValueKind == JsonValueKind.Undefined);
        IsDefault<DateTime>();
        IsDefault<DateTimeOffset>();
        IsDefault<TimeSpan>();
        IsDefault<DateOnly>();
        IsDefault<TimeOnly>();
        IsDefault<Guid>();
        IsDefault<decimal>();
        IsDefault<Half>();
        IsDefault<Int128>();
        IsDefault<UInt128>();
        IsDefault<System.Numerics.BigInteger>();
        IsDefault<System.Numerics.Complex>();
        IsDefault<System.Numerics.Vector3>();
        IsDefault<System.Text.Rune>();
        IsDefault<Index>();
        IsDefault<Range>();
        IsDefault<nint>();
        IsDefault<KeyValuePair<string, int>>();
        IsDefault<System.Drawing.Color>();
        IsDefault<System.Net.IPNetwork>();
        IsDefault<System.Collections.DictionaryEntry>();
        IsDefault<(string?, int)>();
        IsDefault<DayOfWeek>();
    }

    [Fact]
    public void Empty_OfEachStruct_ArrivesAsEmpty()
    {
        int[] none = [];
        Wire.RoundTrip(new Memory<int>(none)).Equals(default).ShouldBeFalse();
        Wire.RoundTrip(new ReadOnlyMemory<int>(none)).Equals(default).ShouldBeFalse();
        Wire.RoundTrip(new ArraySegment<int>(none)).Array.ShouldNotBeNull();
        Wire.RoundTrip(ImmutableArray<int>.Empty).IsDefault.ShouldBeFalse();
        Wire.RoundTrip("text".AsMemory(1, 2)).ToString().ShouldBe("ex");
        Wire.RoundTrip(new ReadOnlySequence<byte>([1, 2, 3], 1, 2)).ToArray().ShouldBe([2, 3]);
    }
}
