using System.Runtime.Versioning;
using Multiproc.SharedMemory;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.SharedMemory;

/// <summary>Names, sizes and ends of blocks. Numbers are those of the conformance list.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SharedMemoryBlockTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    public void Create_SizeNotPositive_IsAnError(long size)
    {
        // SM-04
        Should.Throw<ArgumentOutOfRangeException>(() => SharedMemoryBlock.Create(size));
        Should.Throw<ArgumentOutOfRangeException>(() => new SharedMemoryBlock("n", create: true, size));
        Should.Throw<ArgumentOutOfRangeException>(() => new SharedMemoryBlock(create: true));
    }

    [Fact]
    public void Attach_WithoutAName_IsAnError()
    {
        // SM-05
        Should.Throw<ArgumentException>(() => new SharedMemoryBlock());
        Should.Throw<ArgumentException>(() => SharedMemoryBlock.Attach(""));
    }

    [Theory]
    [InlineData("with\0nul")]
    [InlineData("a/b")]
    [InlineData("../up")]
    [InlineData(".lock")]
    [InlineData("..")]
    [InlineData("/")]
    public void Name_ThatCannotBeOne_IsAnError(string name)
    {
        // SM-18, RT-05
        Should.Throw<ArgumentException>(() => SharedMemoryBlock.Create(8, name));
        Should.Throw<ArgumentException>(() => SharedMemoryBlock.Attach(name));
        Should.Throw<ArgumentException>(() => SharedMemoryBlock.Attach(new string('x', 201)));
    }

    [Fact]
    public void Create_WithoutANameOrWithOneInUse_NeverTakesAnothers()
    {
        // SM-06, SM-07, SM-19
        using var block = SharedMemoryBlock.Create(8);
        using var other = SharedMemoryBlock.Create(8);
        block.Name.ShouldMatch("^psm_[0-9a-f]{8}$");
        other.Name.ShouldNotBe(block.Name);
        Should.Throw<IOException>(() => SharedMemoryBlock.Create(8, block.Name)).Message.ShouldContain("exists");
        File.GetUnixFileMode(BlockFolder.PathOf(block.Name)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(BlockFolder.Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void OpenOrCreate_ByMany_MakesOne()
    {
        // SM-10
        string name = "test_" + Guid.NewGuid().ToString("N");
        var blocks = new SharedMemoryBlock[8];
        Parallel.For(0, blocks.Length, i => blocks[i] = SharedMemoryBlock.OpenOrCreate(name, 100 + i));
        blocks.Select(static block => block.Size).Distinct().Count().ShouldBe(1);
        blocks[0].Buf[0] = 5;
        blocks.Count(static block => block.Buf[0] == 5).ShouldBe(8);
        foreach (var block in blocks)
        {
            File.Exists(BlockFolder.PathOf(name)).ShouldBeTrue("never freed while in use");
            block.Dispose();
        }

        File.Exists(BlockFolder.PathOf(name)).ShouldBeFalse("freed with the last user");
    }

    [Fact]
    public void Close_ByItsMaker_KeepsTheBlockUntilItIsDisposed()
    {
        // SM-14
        var block = SharedMemoryBlock.Create(16);
        block.Buf[3] = 3;
        block.Close();
        using (var again = SharedMemoryBlock.Attach(block.Name))
        {
            again.Buf[3].ShouldBe((byte)3);
        }

        block.Dispose();
        block.Dispose();
        Should.Throw<FileNotFoundException>(() => SharedMemoryBlock.Attach(block.Name));
        Should.Throw<FileNotFoundException>(block.Unlink);
    }

    [Fact]
    public void Create_MoreThanThereIs_IsATypedErrorAndLeavesNothing()
    {
        string name = "test_" + Guid.NewGuid().ToString("N");
        Should.Throw<IOException>(() => SharedMemoryBlock.Create(1L << 50, name)).Message.ShouldContain("Ask for less");
        File.Exists(BlockFolder.PathOf(name)).ShouldBeFalse();
    }

    [Fact]
    public void Create_RoomIsLessThanTheSystemTells_IsATypedErrorToo()
    {
        // What the file system itself refuses: its limit, or here the limit of a file.
        InChild.Run(static () =>
        {
            Signals.LimitFileSize(1 << 20);
            Should.Throw<IOException>(() => SharedMemoryBlock.Create(2 << 20)).Message.ShouldContain("could not be given");
            SharedMemoryBlock.Create(1 << 16).Dispose();
        });
    }

    [Fact]
    public void Slice_OutOfBounds_IsAnErrorAndNoFault()
    {
        using var block = SharedMemoryBlock.Create(10);
        Should.Throw<ArgumentOutOfRangeException>(() => block.Slice(5, 6)[0]);
        Should.Throw<ArgumentOutOfRangeException>(() => block.Slice(-1, 1)[0]);
        Should.Throw<ArgumentOutOfRangeException>(() => block.Slice(long.MaxValue, 1)[0]);
        Should.Throw<ArgumentOutOfRangeException>(() => block.Slice(0, -1));
        Should.Throw<IndexOutOfRangeException>(() => block.Buf[10] = 1);
    }

    [Fact]
    public void Manager_NotRunning_Refuses()
    {
        // SMM-01
        using var memory = new SharedMemoryManager();
        Should.Throw<InvalidOperationException>(() => memory.SharedMemory(8)).Message.ShouldContain("call Start first");
        Should.Throw<InvalidOperationException>(() => memory.ShareableList([1]));
        memory.Start();
        Should.Throw<InvalidOperationException>(memory.Start);
        memory.Shutdown();
        memory.Shutdown();
        Should.Throw<InvalidOperationException>(() => memory.SharedMemory(8));
    }

    [Fact]
    public void Manager_ThatEnds_EndsWhatItMade()
    {
        // SMM-02, SMM-04
        string[] names;
        using (var memory = new SharedMemoryManager().Start())
        {
            var block = memory.SharedMemory(128);
            var list = memory.ShareableList([1, "two"]);
            var released = memory.SharedMemory(8);
            names = [block.Name, list.Name, released.Name];
            memory.ListSegments().Order().ShouldBe(names.Order());
            memory.ReleaseSegment(released.Name);
            Should.Throw<ArgumentException>(() => memory.ReleaseSegment(released.Name));
            memory.ListSegments().Count.ShouldBe(2);
            AttachInChild(block.Name, list.Name);
            block.Unlink();
        }

        foreach (string name in names)
        {
            Should.Throw<FileNotFoundException>(() => SharedMemoryBlock.Attach(name));
        }
    }

    /// <summary>What a child is given is what its closure captures: names alone.</summary>
    private static void AttachInChild(string block, string list) => InChild.Run(() =>
    {
        using var other = SharedMemoryBlock.Attach(block);
        other.Size.ShouldBe(128);
        using var otherList = ShareableList.Attach(list);
        otherList.ShouldBe([1L, "two"]);
    });
}
