using Multiproc.Serialization;

namespace Multiproc.Tests.Serialization;

/// <summary>Whoever lies can name any type that the app has: by itself, and as the argument of a collection.</summary>
public sealed class HostileTypeTests
{
    private static byte[] Claim(Guid module, int token, string assembly, Action<WireWriter>? before = null)
    {
        using var writer = new WireWriter();
        writer.Byte((byte)SlotTag.Other);
        writer.VarUInt(0);
        before?.Invoke(writer);
        writer.Byte((byte)TypeForm.Definition);
        writer.String(assembly);
        module.TryWriteBytes(writer.Take(16));
        writer.Int32(token);
        writer.Take(24).Clear();
        return writer.ToArray();
    }

    private static void AsListOf(WireWriter writer)
    {
        writer.Byte((byte)TypeForm.Generic);
        writer.String("System.Private.CoreLib");
        typeof(List<>).Module.ModuleVersionId.TryWriteBytes(writer.Take(16));
        writer.Int32(typeof(List<>).MetadataToken);
        writer.VarUInt(1);
    }

    private static bool IsAccepted(byte[] bytes)
    {
        try
        {
            var reader = new WireReader(bytes);
            Serializer.Deserialize<object>(ref reader);
            return true;
        }
        catch (SerializationException)
        {
            return false;
        }
    }

    [Theory]
    [InlineData(typeof(object), 3)]
    [InlineData(typeof(Serializer), 1)]
    public void EveryType_OfAnAssembly_IsMadeOrRefused(Type any, int step)
    {
        string assembly = any.Assembly.GetName().Name!;
        var module = any.Module.ModuleVersionId;
        int accepted = 0;
        int types = 0;
        foreach (var type in any.Assembly.GetTypes().Where((_, i) => i % step == 0))
        {
            types++;
            accepted += IsAccepted(Claim(module, type.MetadataToken, assembly)) ? 1 : 0;
            accepted += IsAccepted(Claim(module, type.MetadataToken, assembly, AsListOf)) ? 1 : 0;
        }

        accepted.ShouldBeInRange(1, (2 * types) - 1);
    }

    [Fact]
    public void CanonicalType_OfTheRuntime_IsNoArgument()
    {
        var canon = typeof(object).Assembly.GetType("System.__Canon", throwOnError: true)!;
        IsAccepted(Claim(canon.Module.ModuleVersionId, canon.MetadataToken, "System.Private.CoreLib", AsListOf)).ShouldBeFalse();
        IsAccepted(Claim(canon.Module.ModuleVersionId, canon.MetadataToken, "System.Private.CoreLib")).ShouldBeFalse();
    }
}
