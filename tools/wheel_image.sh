#!/bin/bash
# What cibuildwheel runs in its image (AlmaLinux 9) before it makes the wheel: library and models.
set -euo pipefail
cd "$(dirname "$0")/.."
dnf -y install epel-release
dnf -y install --enablerepo=crb cairo-devel cmake dejavu-sans-fonts fontconfig-devel gcc gcc-c++ \
    jansson-devel libarchive-devel libcmocka-devel libcurl-devel libexif-devel libjpeg-turbo-devel \
    libmicrohttpd-devel libpng-devel libwebp-devel make ninja-build openssl openssl-devel \
    pkgconf-pkg-config sqlite-devel turbojpeg-devel
export PRIVID_PACKAGES_ARE_THERE=1
# The image's own interpreters: the system's is older than the package's oldest.
export PATH=/opt/python/cp311-cp311/bin:$PATH
make build
tools/setup.sh models
tools/setup.sh python tools/requirements-wheel.txt
