using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Multiproc.Serialization.Codecs;

/// <summary>Sends JSON values as their text.</summary>
internal static class Json
{
    private static readonly JsonDocumentOptions s_lenient = new()
    {
        AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = WriteContext.MaxDepth,
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Codec OfElement() => new SimpleCodec<JsonElement>(
        static (w, v) => w.Bytes(v.ValueKind == JsonValueKind.Undefined ? [] : JsonMarshal.GetRawUtf8Value(v)),
        static (ref WireReader r) =>
        {
            var text = r.Bytes();
            if (text.IsEmpty)
            {
                return default;
            }

            using var document = JsonDocument.Parse(text.ToArray(), s_lenient);
            return document.RootElement.Clone();
        });

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Codec OfDocument() => new SimpleCodec<JsonDocument>(
        static (w, v) => w.Bytes(JsonMarshal.GetRawUtf8Value(v.RootElement)),
        static (ref WireReader r) => JsonDocument.Parse(r.Bytes().ToArray(), s_lenient));

    /// <summary>Matches the many internal classes of JSON values whose text represents them completely.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Codec? OfNode(Type type) => typeof(JsonNode).IsAssignableFrom(type)
        ? new SimpleCodec<JsonNode>(
            static (w, v) =>
            {
                w.Byte((byte)(v.Options is { } options ? options.PropertyNameCaseInsensitive ? 2 : 1 : 0));
                using var text = new MemoryStream();
                using (var writer = new Utf8JsonWriter(text))
                {
                    v.WriteTo(writer);
                }

                w.Bytes(text.ToArray());
            },
            static (ref WireReader r) =>
            {
                byte form = r.Byte();
                JsonNodeOptions? options = form == 0 ? null : new JsonNodeOptions { PropertyNameCaseInsensitive = form == 2 };
                return JsonNode.Parse(r.Bytes(), options, s_lenient) ?? throw new SerializationException("Malformed value: these bytes are not JSON.");
            })
        : null;
}
