using System.Reflection;
using System.Reflection.Emit;
using Multiproc.Serialization;

namespace Multiproc.Tests.Serialization;

public sealed class TypeResolverTests
{
    private static string RefusalOf(string assembly, Guid module, int token, byte form = 0)
    {
        using var writer = new WireWriter();
        writer.Byte(form);
        writer.String(assembly);
        module.TryWriteBytes(writer.Take(16));
        writer.Int32(token);
        byte[] bytes = writer.ToArray();
        return Should.Throw<SerializationException>(() =>
        {
            var reader = new WireReader(bytes);
            TypeResolver.Read(ref reader);
        }).Message;
    }

    private static Guid Module => typeof(TypeResolverTests).Module.ModuleVersionId;

    private static string Name => typeof(TypeResolverTests).Assembly.GetName().Name!;

    [Theory]
    [InlineData("")]
    [InlineData("No.Such.Assembly")]
    [InlineData("../../tmp/evil")]
    [InlineData("/tmp/evil")]
    [InlineData("Multiproc.Tests, Version=9.9.9.9")]
    [InlineData("Multiproc.Tests.dll")]
    public void Read_AssemblyThatIsNotOfTheApp_IsRefused(string name) =>
        RefusalOf(name, Module, 0x02000002).ShouldBe($"The assembly '{name}' does not belong to this process: both sides must run the same app.");

    [Fact]
    public void Read_ListOfTrustedPaths_IsNotAName()
    {
        string trusted = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        string[] two = trusted.Split(Path.PathSeparator)[..2];
        string name = string.Join(Path.PathSeparator, two)[1..^4];
        RefusalOf(name, Module, 0x02000002).ShouldContain("does not belong to this process");
    }

    [Fact]
    public void Read_OtherBuild_IsRefused() =>
        RefusalOf(Name, Guid.AllBitsSet, 0x02000002).ShouldBe($"'{Name}' is another build here: both sides must run the same app.");

    // Beyond the table, the table's nothing, tables of references, specifications, methods, strings, none.
    [Theory]
    [InlineData(0x02FFFFFF)]
    [InlineData(0x02000000)]
    [InlineData(0x01000001)]
    [InlineData(0x1B000001)]
    [InlineData(0x06000001)]
    [InlineData(0x70000001)]
    [InlineData(0)]
    [InlineData(-1)]
    public void Read_WrongToken_IsRefused(int token) => RefusalOf(Name, Module, token).ShouldStartWith("Malformed value: ");

    [Fact]
    public void Read_WrongForm_IsRefused()
    {
        RefusalOf(Name, Module, typeof(TypeResolverTests).MetadataToken, form: 9).ShouldBe("Malformed value: 9 is not a form of a type.");
        RefusalOf("System.Private.CoreLib", typeof(object).Module.ModuleVersionId, typeof(List<>).MetadataToken).ShouldContain("came without its arguments");
    }

    [Fact]
    public void Read_OpenTypeAsAnObject_IsRefused()
    {
        using var writer = new WireWriter();
        writer.Byte((byte)SlotTag.Other);
        writer.VarUInt(0);
        TypeResolver.Write(writer, typeof(List<>));
        Wire.RefusalToRead<object>(writer.ToArray()).ShouldBe("Malformed value: a generic type came without its arguments.");
    }

    [Fact]
    public void Write_TypeMadeAtRunTime_IsRefused()
    {
        var type = AssemblyBuilder.DefineDynamicAssembly(
            new AssemblyName("Made"), AssemblyBuilderAccess.Run).DefineDynamicModule("Made").DefineType("Made.Here").CreateType();
        Wire.RefusalOf(Activator.CreateInstance(type)!).ShouldBe(
            "cannot send Made.Here: it is a Made.Here, a type that the other process cannot find: declare it in an assembly of the app");
        Wire.RefusalOf(type).ShouldContain("is a Made.Here, a type that the other process cannot find");
        var method = new DynamicMethod("Made", typeof(void), []);
        method.GetILGenerator().Emit(OpCodes.Ret);
        Wire.RefusalOf(method.CreateDelegate<Action>()).ShouldContain("made at run time");
    }
}
