using System.Text.Json;
using System.Text.Json.Serialization;

namespace Multiproc.Processes.Views;

/// <summary>The form in which a <see cref="ProgramView"/> travels. Its code is generated, so that no program pays for reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProgramView))]
internal sealed partial class ViewJson : JsonSerializerContext
{
    public static byte[] Write(ProgramView view) => JsonSerializer.SerializeToUtf8Bytes(view, Default.ProgramView);

    /// <exception cref="JsonException">The bytes are no view, or only a part of one.</exception>
    public static ProgramView Read(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, Default.ProgramView) ?? throw new JsonException("A view is an object.");
}
