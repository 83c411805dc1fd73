using Multiproc.SharedMemory;
using Multiproc.SharedMemory.Linux;

namespace Multiproc.Tests.SharedMemory;

public sealed unsafe class MappedMemoryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Create_SizeNotPositive_IsRefused(long size) =>
        Should.Throw<ArgumentOutOfRangeException>(() => MappedMemory.Create(size));

    [Theory]
    [InlineData(1L << 50)]
    [InlineData(long.MaxValue)]
    public void Create_MoreThanThereIs_IsTypedError(long size) =>
        Should.Throw<MultiprocException>(() => MappedMemory.Create(size)).Message.ShouldContain("Ask for less");

    [Fact]
    public void Create_OneByte_IsZeroedAndWritable()
    {
        using var memory = MappedMemory.Create(1);
        memory.Size.ShouldBe(1);
        memory.Span.Length.ShouldBe(1);
        memory.Span[0].ShouldBe((byte)0);
        memory.Span[0] = 1;
        (*memory.Address).ShouldBe((byte)1);
    }

    [Fact]
    public void Dispose_Twice_IsHarmless()
    {
        var memory = MappedMemory.Create(4096);
        memory.Dispose();
        memory.Dispose();
        Assert.True(memory.Address is null);
    }

    [Fact]
    public void Span_AfterDispose_IsTypedError()
    {
        var memory = MappedMemory.Create(4096);
        memory.Dispose();
        Should.Throw<ObjectDisposedException>(() => memory.Span[0] = 1);
    }

    [Fact]
    public void FileMemory_Open_MapsTheSamePagesUntilOwnerLetsGo()
    {
        var owner = FileMemory.Create(4096);
        using (var other = FileMemory.Open(owner.Path))
        {
            other.Span[5] = 55;
            owner.Span[5].ShouldBe((byte)55);
        }

        File.Exists(owner.Path).ShouldBeTrue();
        owner.Dispose();
        File.Exists(owner.Path).ShouldBeFalse();
        owner.Dispose();
    }

    [Fact]
    public void FileMemory_LargerThanTheDisk_IsATypedErrorAndLeavesNoFile()
    {
        // A sparse file of this size could be made, and its first touch would end the process.
        const long Much = 1L << 42;
        Should.Throw<MultiprocException>(() => FileMemory.Create(Much)).Message.ShouldContain("bytes left");
        Directory.GetFiles(RuntimeFolder.Path, $"{Environment.ProcessId}-*.segment").ShouldNotContain(static file => new FileInfo(file).Length >= Much);
    }

    [Fact]
    public void FileMemory_OpenOutsideFolder_IsRefused() =>
        Should.Throw<MultiprocException>(() => FileMemory.Open(typeof(MappedMemoryTests).Assembly.Location)).Message.ShouldContain("runtime folder");

    [Fact]
    public void FreeMemory_MoreThanTheSystemHas_IsNo()
    {
        FreeMemory.MayHave(1).ShouldBeTrue();
        FreeMemory.MayHave(20 * 1024 * 1024).ShouldBeTrue();
        FreeMemory.MayHave(1L << 50).ShouldBeFalse();
    }
}
