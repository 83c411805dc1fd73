using System.Runtime.Serialization;
using Multiproc.Serialization;

namespace Multiproc.Tests.Serialization.OwnRules;

/// <summary>A hostile sender cannot have a class of .NET created through its serialization constructor.</summary>
public sealed class HostileRuleTests
{
#pragma warning disable SYSLIB0050 // Users have such classes.
    private sealed class Own : ISerializable
    {
        public Own()
        {
        }

        private Own(SerializationInfo info, StreamingContext context)
        {
        }

        public void GetObjectData(SerializationInfo info, StreamingContext context) => info.AddValue("a", 1);
    }
#pragma warning restore SYSLIB0050

    private static System.Data.DataSet Prices()
    {
        var prices = new System.Data.DataTable("prices")
        {
            Columns = { { "id", typeof(int) }, { "price", typeof(decimal) }, { "double", typeof(decimal), "price * 2" } },
        };
        prices.PrimaryKey = [prices.Columns["id"]!];
        prices.Rows.Add(1, 1.5m);
        prices.Rows.Add(2, 2.5m);
        prices.AcceptChanges();
        prices.Rows[0]["price"] = 3m;
        return new System.Data.DataSet("shop") { Tables = { prices } };
    }

    private static byte[] Told(Action<WireWriter>? content, params Type[] types)
    {
        using var writer = new WireWriter();
        writer.Byte((byte)SlotTag.Other);
        foreach (var type in types)
        {
            writer.VarUInt(0);
            TypeResolver.Write(writer, type);
        }

        content?.Invoke(writer);
        writer.Take(24).Clear();
        return writer.ToArray();
    }

    public static TheoryData<Type> Gadgets => new((Type[])
    [
        typeof(System.Security.Claims.ClaimsPrincipal),
        typeof(System.Security.Claims.ClaimsIdentity), typeof(System.Security.Principal.GenericIdentity),
        typeof(System.Diagnostics.Process), typeof(DirectoryInfo), typeof(System.Reflection.AssemblyName), typeof(System.IO.FileSystemWatcher),
        typeof(System.ComponentModel.BackgroundWorker),
        typeof(System.CodeDom.Compiler.TempFileCollection),
    ]);

    [Theory]
    [MemberData(nameof(Gadgets), DisableDiscoveryEnumeration = true)]
    public void Class_OfDotNetThatDoesThings_IsNeverMade(Type gadget)
    {
        Wire.RefusalToRead<object>(Told(null, gadget)).ShouldContain("cannot have been sent");
        Wire.RefusalToRead<object>(Told(null, typeof(Own), gadget)).ShouldContain("is not a substitute for a");
    }

    /// <summary>They are sent in a form of this library's, property by property; their own would make any type that it names.</summary>
    [Theory]
    [InlineData(typeof(System.Data.DataSet))]
    [InlineData(typeof(System.Data.DataTable))]
    public void Table_IsNotMadeByItsOwnSerialization(Type table)
    {
        Wire.RefusalToRead<object>(Told(null, table)).ShouldContain("Malformed value");
        Wire.RefusalToRead<object>(Told(null, typeof(Own), table)).ShouldContain("is not a substitute for a");
    }

    [Fact]
    public void Count_OfEntries_IsNotBelieved() =>
        Wire.RefusalToRead<object>(Told(static writer => writer.VarUInt(1_000_000_000), typeof(Own), typeof(Own))).ShouldContain("elements announced");

    [Fact]
    public void Comparer_ThatIsNone_IsRefused()
    {
        using var writer = new WireWriter();
        writer.Byte((byte)SlotTag.Declared);
        writer.Byte(6);
        writer.Byte((byte)SlotTag.Other);
        writer.VarUInt(0);
        TypeResolver.Write(writer, typeof(string));
        writer.Take(8).Clear();
        Wire.RefusalToRead<Dictionary<string, int>>(writer.ToArray()).ShouldContain("is no System.Collections.Generic.IEqualityComparer`1");
    }

    [Fact]
    public void Bytes_CutOrChanged_AreRefusedOrAValue()
    {
        var random = new Random(11);
        byte[][] seeds =
        [
            Serializer.Pack<object>(new Own()).Bytes.ToArray(),
            Serializer.Pack<object>(new SortedSet<int>(Comparer<int>.Create(static (a, b) => a - b)) { 1, 2 }).Bytes.ToArray(),
            Serializer.Pack<object>(new System.Collections.BitArray(99, true)).Bytes.ToArray(),
            Serializer.Pack<object>(new ArgumentOutOfRangeException("p", 5, "m") { Data = { ["a"] = 1 } }).Bytes.ToArray(),
            Serializer.Pack<object>(new System.Text.StringBuilder("abc")).Bytes.ToArray(), Serializer.Pack<object>(new Uri("http://a/b")).Bytes.ToArray(),
            Serializer.Pack<object>(TimeZoneInfo.Utc).Bytes.ToArray(),
            Serializer.Pack<object>(Microsoft.FSharp.Collections.ListModule.OfSeq([1, 2])).Bytes.ToArray(),
            Serializer.Pack<object>(System.Net.IPAddress.Loopback).Bytes.ToArray(), Serializer.Pack<object>(Prices()).Bytes.ToArray(),
        ];
        int refused = 0;
        for (int i = 0; i < 4000; i++)
        {
            byte[] bytes = [.. seeds[i % seeds.Length]];
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Serializer.Unpack<object>(new Payload(bytes));
            }
            catch (SerializationException)
            {
                refused++;
            }
        }

        refused.ShouldBeGreaterThan(1000);
    }
}
