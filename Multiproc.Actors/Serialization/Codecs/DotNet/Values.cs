using System.Collections;
using System.Collections.Specialized;
using System.Net;
using System.Net.NetworkInformation;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// Sends values of .NET types that need a special form. Types are matched by name, each in a separate method: referring to them would load assemblies that most
/// processes never need.
/// </summary>
internal static class Values
{
    private const string Generated = "Instance";

    public static Codec? Find(Type type)
    {
        if (!SendableTypes.IsFramework(type))
        {
            return type.BaseType?.FullName == "System.Text.RegularExpressions.Regex" ? OfGeneratedRegex(type) : null;
        }

        return Named(type.FullName)
            ?? (ComparerCodec.IsFor(type) ? new ComparerCodec()
            : type.Namespace == "System.Text.Json.Nodes" ? Json.OfNode(type)
            : type.IsClass && typeof(Encoding).IsAssignableFrom(type) ? new EncodingCodec()
            : type.IsClass && type.BaseType?.FullName == "System.Net.IPAddress" ? OfAddress()
            : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Lazy<>) ? OfLazy(type)
            : Tensors.Find(type));
    }

    private static Codec? Named(string? name) => name switch
    {
        "System.Uri" => OfUri(),
        "System.Text.StringBuilder" => OfStringBuilder(),
        "System.Globalization.CultureInfo" => new CultureCodec(),
        "System.Globalization.NumberFormatInfo" => new FormatCodec<System.Globalization.NumberFormatInfo>(),
        "System.Globalization.DateTimeFormatInfo" => new FormatCodec<System.Globalization.DateTimeFormatInfo>(),
        "System.DBNull" => new SimpleCodec<DBNull>((_, _) => { }, (ref WireReader _) => DBNull.Value),
        "System.Reflection.Missing" => new SimpleCodec<Missing>((_, _) => { }, (ref WireReader _) => Missing.Value),
        "System.TimeZoneInfo" => new SimpleCodec<TimeZoneInfo>(TimeZones.Write, TimeZones.Read),
        "System.Collections.BitArray" => OfBits(),
        "System.Collections.ArrayList" => new GrowingCodec<ArrayList, object?>(c => [.. c], () => [], (c, item) => c.Add(item)),
        "System.Collections.Queue" => OfQueue(),
        "System.Collections.Stack" => OfStack(),
        "System.Collections.Hashtable" => OfHashtable(),
        "System.Collections.Specialized.StringCollection" => OfStringCollection(),
        "System.Collections.Specialized.NameValueCollection" => OfNameValues(),
        "System.Text.RegularExpressions.Regex" => OfRegex(),
        "System.Net.IPAddress" => OfAddress(),
        "System.Net.IPEndPoint" => OfEndPoint(),
        "System.Net.DnsEndPoint" => OfDnsEndPoint(),
        "System.Net.IPNetwork" => OfNetwork(),
        "System.Net.NetworkInformation.PhysicalAddress" => OfPhysicalAddress(),
        "System.ComponentModel.DataAnnotations.ValidationResult" => OfValidation(),
        "System.Text.Json.JsonElement" => Json.OfElement(),
        "System.Text.Json.JsonDocument" => Json.OfDocument(),
        "System.IO.MemoryStream" => Streams.OfMemory(),
        "System.Xml.Linq.XDocument" => Xml.OfDocument(),
        "System.Xml.Linq.XElement" => Xml.OfElement(),
        "System.Net.Http.HttpMethod" => OfHttpMethod(),
        "System.Dynamic.ExpandoObject" => OfExpando(),
        "System.Data.DataTable" => TableCodec.Make(),
        "System.Data.DataSet" => TableSetCodec.Make(),
        _ => null,
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec OfUri() => new SimpleCodec<Uri>(
        static (w, v) =>
        {
            bool isAbsolute = v.IsAbsoluteUri;
            if (isAbsolute && (!Uri.TryCreate(v.OriginalString, UriKind.Absolute, out var same) || same.AbsoluteUri != v.AbsoluteUri))
            {
                throw new UnsendableException("is a System.Uri that was created with special options: send its text");
            }

            w.Bool(isAbsolute);
            Primitives.WriteText(w, v.OriginalString);
        },
        static (ref WireReader r) =>
        {
            // A relative URI such as /a may be an absolute file path on another system.
            var kind = r.Bool() ? UriKind.Absolute : UriKind.Relative;
            return Uri.TryCreate(Primitives.ReadText(ref r), kind, out var uri) ? uri : throw Malformed("a URI");
        });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec OfStringBuilder() => new SimpleCodec<StringBuilder>(
        static (w, v) =>
        {
            w.VarUInt((uint)v.MaxCapacity);
            Primitives.WriteText(w, v.ToString());
        },
        static (ref WireReader r) =>
        {
            int most = r.Natural();
            string text = Primitives.ReadText(ref r);
            return most >= Math.Max(1, text.Length)
                ? new StringBuilder(Math.Min(most, Math.Max(16, text.Length)), most).Append(text)
                : throw Malformed("a StringBuilder");
        });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec OfBits() => new SimpleCodec<BitArray>(
        static (w, v) =>
        {
            byte[] bits = new byte[(v.Length + 7) / 8];
            v.CopyTo(bits, 0);
            w.VarUInt((uint)v.Length);
            w.Raw(bits);
        },
        static (ref WireReader r) =>
        {
            int length = r.Natural();
            return new BitArray(r.Raw((int)((length + 7L) / 8)).ToArray()) { Length = length };
        });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec OfQueue() => new GrowingCodec<Queue, object?>(c => [.. c], () => new(), (c, item) => c.Enqueue(item));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec OfStack() => new GrowingCodec<Stack, object?>(
        static c =>
        {
            object?[] items = [.. c];
            Array.Reverse(items);
            return items;
        },
        () => new(),
        (c, item) => c.Push(item));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec OfHashtable()
    {
        var comparer = typeof(Hashtable).GetProperty("EqualityComparer", BindingFlags.Instance | BindingFlags.NonPublic)!;
        return new OrderedCodec<Hashtable, DictionaryEntry, object, IEqualityComparer>(
            c => [.. c.Cast<DictionaryEntry>()], comparer.GetValue, c => new Hashtable(c), (c, item) => c.Add(item.Key, item.Value));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec OfStringCollection() => new GrowingCodec<StringCollection, string?>(c => [.. c.Cast<string?>()], () => [], (c, item) => c.Add(item));

    /// <summary>Names may occur repeatedly and without a value. A collection with a comparer other than the default one is rejected.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec OfNameValues()
    {
        var comparer = typeof(NameObjectCollectionBase).GetField("_keyComparer", BindingFlags.Instance | BindingFlags.NonPublic);
        object? usual = comparer?.GetValue(new NameValueCollection());
        return new GrowingCodec<NameValueCollection, KeyValuePair<string?, string?[]?>>(
            c => Equals(comparer?.GetValue(c), usual)
                ? [.. Enumerable.Range(0, c.Count).Select(i => KeyValuePair.Create(c.GetKey(i), (string?[]?)c.GetValues(i)))]
                : throw new UnsendableException("has a comparer of its own: send its names and values in a dictionary"),
            () => [],
            (c, item) =>
            {
                foreach (string? value in item.Value ?? [null])
                {
                    c.Add(item.Key, value);
                }
            });
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec OfRegex() => new SimpleCodec<Regex>(
        static (w, v) =>
        {
            Primitives.WriteText(w, v.ToString());
            w.Int32((int)v.Options);
            w.VarInt(v.MatchTimeout.Ticks);
        },
        static (ref WireReader r) => new Regex(Primitives.ReadText(ref r), (RegexOptions)r.Int32(), new TimeSpan(r.VarInt())));

    /// <summary>The singleton classes of the app that [GeneratedRegex] generates.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec? OfGeneratedRegex(Type type) =>
        type.GetField(Generated, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly) is { IsInitOnly: true } field
            && field.FieldType == type
        ? new SimpleCodec<Regex>(static (_, _) => { }, (ref WireReader _) => (Regex)field.GetValue(null)!)
        : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec OfAddress() => new SimpleCodec<IPAddress>(WriteAddress, ReadAddress);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec OfEndPoint() => new SimpleCodec<IPEndPoint>(
        static (w, v) =>
        {
            WriteAddress(w, v.Address);
            w.VarUInt((uint)v.Port);
        },
        static (ref WireReader r) => new IPEndPoint(ReadAddress(ref r), r.Natural()));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec OfDnsEndPoint() => new SimpleCodec<DnsEndPoint>(
        static (w, v) =>
        {
            Primitives.WriteText(w, v.Host);
            w.VarUInt((uint)v.Port);
            w.VarInt((int)v.AddressFamily);
        },
        static (ref WireReader r) => new DnsEndPoint(Primitives.ReadText(ref r), r.Natural(), (System.Net.Sockets.AddressFamily)r.VarInt()));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec OfNetwork() => new SimpleCodec<IPNetwork>(
        static (w, v) =>
        {
            WriteAddress(w, v.BaseAddress);
            w.Byte((byte)v.PrefixLength);
        },
        static (ref WireReader r) =>
        {
            var address = ReadAddress(ref r);
            int prefix = r.Byte();
            return prefix == 0 && address.Equals(IPAddress.Any) ? default : new IPNetwork(address, prefix);
        });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec OfPhysicalAddress() =>
        new SimpleCodec<PhysicalAddress>(static (w, v) => w.Bytes(v.GetAddressBytes()), static (ref WireReader r) => new PhysicalAddress(r.Bytes().ToArray()));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec OfValidation() => new FrozenCodec<System.ComponentModel.DataAnnotations.ValidationResult, string?>(
        static result => [result.ErrorMessage, .. result.MemberNames],
        static texts => texts.Length > 0 ? new(texts[0], texts[1..]!) : throw Malformed("a result of a validation"));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec OfHttpMethod() => new SimpleCodec<System.Net.Http.HttpMethod>(
        static (w, v) => w.String(v.Method), static (ref WireReader r) => System.Net.Http.HttpMethod.Parse(r.String()));

    /// <summary>Without its subscribers, who are told of changes in their own process.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Codec OfExpando() => new GrowingCodec<System.Dynamic.ExpandoObject, KeyValuePair<string, object?>>(
        static c => [.. c], static () => new(), static (c, item) => ((IDictionary<string, object?>)c).Add(item));

    private static Codec OfLazy(Type type) =>
        (Codec)Activator.CreateInstance(typeof(LazyCodec<>).MakeGenericType(type.GetGenericArguments()))!;

    private static void WriteAddress(WireWriter writer, IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        writer.Bytes(bytes);
        writer.VarUInt(bytes.Length > 4 ? (ulong)address.ScopeId : 0);
    }

    private static IPAddress ReadAddress(ref WireReader reader)
    {
        var bytes = reader.Bytes();
        long scope = (long)reader.VarUInt();
        return bytes.Length switch
        {
            4 => new IPAddress(bytes),
            16 => new IPAddress(bytes, scope),
            _ => throw Malformed("an address"),
        };
    }

    private static SerializationException Malformed(string what) => new($"Malformed value: these bytes are not {what}.");
}
